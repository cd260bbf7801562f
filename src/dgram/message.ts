// Receiving: what a datagram is to the caller, and how a completion becomes one.

import { checkInteger } from '../errors.ts';
import { type ParsedAddress, parseWireAddress } from '../runtime/address.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import type { Payload } from '../runtime/payload.ts';
import { Operation } from '../wire/operations.ts';
import type { Peer } from './connect.ts';

/** Who sent a datagram. */
export interface Sender {
  address: string;
  family: 'IPv4' | 'IPv6';
  port: number;
  /** Whether the datagram was longer than the memory for it; the rest of it is lost. */
  truncated: boolean;
}

/** A datagram in memory of its own. A datagram may be empty; that is not the end of anything. */
export interface Message extends Sender {
  data: Buffer;
  /** Bytes of `data`. */
  size: number;
}

/** A datagram in the caller's memory. */
export interface ReceivedInto<View extends NodeJS.ArrayBufferView> extends Sender {
  bytesRead: number;
  buffer: View;
}

export interface ReceiveOptions extends OperationOptions {
  /** Longest datagram taken whole, in bytes, 1 to 16,777,216. Default 65,536, longer than any UDP datagram. */
  maxBytes?: number | undefined;
}

/** What a receive borrows, and the peer to name in its error when the socket is connected. */
export interface Receiving<View extends NodeJS.ArrayBufferView> {
  readonly view: View;
  readonly remote: Peer | undefined;
}

const defaultBytes = 65536;
const mostBytes = 2 ** 24;
const truncatedFlag = 0x20;

// A receive is always the caller's to wait for, also into memory of ours: the kernel can take every one back,
// and telling the caller earlier could lose the datagram that arrives in between.
const kind = { name: 'socketReceiveMessage', operation: Operation.socketReceiveMessage, syscall: 'recvmsg' } as const;

/** Receives into the caller's memory. */
export const receiveInto = defineKind<ReceivedInto<NodeJS.ArrayBufferView>, Receiving<NodeJS.ArrayBufferView>>({
  ...kind,
  memory: 'caller',
  complete: (bytesRead, { view }, payload) => {
    const { address, family, port } = senderOf(payload);
    return { bytesRead, buffer: view, address, family, port, truncated: isTruncated(payload) };
  },
  fields: ({ remote }) => remote ?? {},
  memoryOf: ({ view }) => view,
});

/** Receives into memory of ours, and copies what came: a small datagram must not keep 64 KiB alive. */
export const receiveMessage = defineKind<Message, Receiving<Buffer>>({
  ...kind,
  memory: 'caller',
  complete: (size, { view }, payload) => {
    const { address, family, port } = senderOf(payload);
    // Not from Node's pool, whose pieces keep all of it alive.
    const data = Buffer.allocUnsafeSlow(size);
    view.copy(data, 0, 0, size);
    giveBack(view);
    return { data, size, address, family, port, truncated: isTruncated(payload) };
  },
  fields: ({ remote }) => remote ?? {},
  memoryOf: ({ view }) => view,
});

// The payload is the sender's wire address, padded to eight bytes, and two int32: the flags and nothing.
function isTruncated(payload: Payload): boolean {
  return (payload.int32(payload.length - 8) & truncatedFlag) !== 0;
}

function senderOf(payload: Payload): ParsedAddress & { family: 'IPv4' | 'IPv6' } {
  return parseWireAddress(payload.view()) as ParsedAddress & { family: 'IPv4' | 'IPv6' };
}

export function checkMaxBytes(maxBytes: unknown): asserts maxBytes is number | undefined {
  if (maxBytes !== undefined) checkInteger(maxBytes, 'options.maxBytes', 1, mostBytes);
}

const spare: Buffer[] = [];
const mostSpare = 16;

function giveBack(memory: Buffer): void {
  if (memory.byteLength === defaultBytes && spare.length < mostSpare) spare.push(memory);
}

/** Memory for one receive without a buffer; the number has been checked. */
export function receiveMemory(maxBytes: number | undefined): Buffer {
  if (maxBytes === undefined || maxBytes === defaultBytes) {
    return spare.pop() ?? Buffer.allocUnsafeSlow(defaultBytes);
  }
  return Buffer.allocUnsafeSlow(maxBytes);
}
