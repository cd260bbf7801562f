// Sockets on bare descriptors, one end of which the tests drive with plain system calls.

import { binding } from '../../src/binding.ts';
import { parseWireAddress, wireAddress } from '../../src/runtime/address.ts';
import { SocketOption } from '../../src/wire/layout.ts';
import { closeNow, openDescriptors } from './descriptors.ts';
import { perform } from './operations.ts';
import { outside } from './outside.ts';

export const Family = { unix: 1, ipv4: 4 } as const;
export type Family = (typeof Family)[keyof typeof Family];

let named = 0;

/** An address nobody uses yet: any port of the loopback interface, or an abstract name. */
export function freshAddress(family: Family): Uint8Array {
  return family === Family.ipv4
    ? wireAddress({ address: '127.0.0.1', port: 0 })
    : wireAddress({ address: `\0rescind-test-${process.pid}-${named++}`, family: Family.unix });
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`${what}: ${result}`);
}

/** The wire address a socket is bound to. */
export function addressOfSocket(descriptor: number): Uint8Array {
  const into = new Uint8Array(256);
  const length = binding.socketLocalAddress(descriptor, into);
  check(length, 'socketLocalAddress');
  return into.slice(0, length);
}

export function isConnected(descriptor: number): boolean {
  return binding.socketRemoteAddress(descriptor, new Uint8Array(256)) >= 0;
}

export function portOf(descriptor: number): number {
  return parseWireAddress(addressOfSocket(descriptor)).port;
}

/** The descriptor of the connected socket with this port. */
export function descriptorOf(port: number): number {
  for (const [descriptor, target] of openDescriptors()) {
    if (target.startsWith('socket:') && isConnected(descriptor) && portOf(descriptor) === port) return descriptor;
  }
  throw new Error(`no connected socket has port ${port}`);
}

/** The descriptor of the listening socket with this port. */
export function listenerAt(port: number): number {
  for (const [descriptor, target] of openDescriptors()) {
    if (!target.startsWith('socket:') || isConnected(descriptor)) continue;
    const into = new Uint8Array(256);
    const length = binding.socketLocalAddress(descriptor, into);
    if (length >= 0 && parseWireAddress(into.slice(0, length)).port === port) return descriptor;
  }
  throw new Error(`no socket listens on port ${port}`);
}

export function openSocket(family: Family, type: 'stream' | 'datagram' = 'stream'): Promise<number> {
  return perform('socketOpen', { argument0: family, argument1: type === 'stream' ? 1 : 2 });
}

// Buffers of a size that was asked for do not grow with the connection: a full one stays full.
function fixBuffers(descriptor: number): void {
  for (const option of [SocketOption.sendBufferBytes, SocketOption.receiveBufferBytes]) {
    check(binding.socketSetOption(descriptor, option, 65536), 'socketSetOption');
  }
}

export async function listener(family: Family, backlog = 128): Promise<{ descriptor: number; address: Uint8Array }> {
  const descriptor = await openSocket(family);
  fixBuffers(descriptor);
  check(binding.socketBind(descriptor, freshAddress(family)), 'socketBind');
  check(binding.socketListen(descriptor, backlog), 'socketListen');
  return { descriptor, address: addressOfSocket(descriptor) };
}

export interface FullListener {
  descriptor: number;
  address: Uint8Array;
  /** Connections that keep it full until they are accepted. */
  fillers: number[];
}

/**
 * A listener to which connecting waits until somebody accepts. With a full backlog a Unix one waits, and a TCP one does
 * not answer, so that the client asks again after a second.
 */
export async function fullListener(family: Family): Promise<FullListener> {
  const { descriptor, address } = await listener(family, 0);
  if (outside.acceptsLater(descriptor)) return { descriptor, address, fillers: [] };
  const filler = await openSocket(family);
  await perform('socketConnect', { on: filler, bytes: address });
  if (family === Family.ipv4) await outside.untilUntaken(portOf(descriptor), 1);
  return { descriptor, address, fillers: [filler] };
}

/** Two connected stream sockets. */
export async function streamPair(family: Family): Promise<[number, number]> {
  const { descriptor, address } = await listener(family);
  const ours = await openSocket(family);
  fixBuffers(ours);
  const [theirs] = await Promise.all([
    perform('socketAccept', { on: descriptor }),
    perform('socketConnect', { on: ours, bytes: address }),
  ]);
  closeNow(descriptor);
  return [ours, theirs];
}

/** Two datagram sockets, each connected to the other. */
export async function datagramPair(family: Family): Promise<[number, number]> {
  const pair = [await openSocket(family, 'datagram'), await openSocket(family, 'datagram')] as [number, number];
  for (const descriptor of pair) check(binding.socketBind(descriptor, freshAddress(family)), 'socketBind');
  await perform('socketConnect', { on: pair[0], bytes: addressOfSocket(pair[1]) });
  await perform('socketConnect', { on: pair[1], bytes: addressOfSocket(pair[0]) });
  return pair;
}

/** Everything that can be received at once; a datagram per element, or pieces of a stream. */
export async function drainSocket(descriptor: number): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  for (;;) {
    const part = Buffer.alloc(65536);
    const got = await outside.receiveNow(descriptor, part);
    if (got <= 0) return parts;
    parts.push(part.subarray(0, got));
  }
}

/** Sends until nothing fits; returns how many bytes that took. An acknowledgement may make room in a TCP connection. */
export async function fillSocket(descriptor: number, pieceBytes: number): Promise<number> {
  const piece = Buffer.alloc(pieceBytes, 0xf1);
  for (let total = 0; ; ) {
    const wrote = await outside.sendNow(descriptor, piece);
    if (wrote < 0) return total;
    total += wrote;
  }
}

function limitSending(descriptor: number, bytes: number): void {
  check(binding.socketSetOption(descriptor, SocketOption.sendBufferBytes, bytes), 'socketSetOption');
}

// Several times what a peer that does not read takes in, by acknowledgements and window probes, in its 64 KiB.
const fillingBytes = 256 * 1024;

/**
 * Fills a stream socket so that it stays full until `makeRoom`: once it is full its limit is lowered far below what it
 * holds, and nothing the peer acknowledges without reading lets a send in.
 */
export async function fillForGood(descriptor: number, pieceBytes: number): Promise<number> {
  limitSending(descriptor, fillingBytes);
  const filled = await fillSocket(descriptor, pieceBytes);
  limitSending(descriptor, 1);
  return filled;
}

/** From now on what the peer reads makes room. */
export function makeRoom(descriptor: number): void {
  limitSending(descriptor, fillingBytes);
}
