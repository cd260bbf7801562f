// Calls on bare handles by an addon of the tests, outside.cc.

import { constants } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { binding } from '../../../src/binding.ts';
import { parseWireAddress } from '../../../src/runtime/address.ts';
import { pause, until } from '../deadline.ts';
import { perform } from '../operations.ts';
import { projectRoot } from '../root.ts';
import { onWine } from '../windows-differences.ts';

/** Calls that throw what the system says. */
export interface OutsideAddon {
  /** -1: it would wait, and must not. */
  read(handle: number, into: Uint8Array, waits: boolean): number;
  write(handle: number, bytes: Uint8Array, waits: boolean): number;
  allowHoles(file: number): void;
  /** Whether a receive or an accept on the socket would not wait. */
  isReadable(socket: number): boolean;
  /** An instance of a named pipe that waits for its client, and one more every time. */
  pipeListen(name: string, bufferBytes: number): number;
  /** The client's end of a named pipe. */
  pipeOpen(name: string): number;
  /** Whether an end of a pipe has another. */
  isConnected(pipe: number): boolean;
  /** Whether an instance of a pipe waits for its client. */
  isListening(pipe: number): boolean;
  /** Has connections to a listening socket complete when they are accepted; whether the system can do that. */
  acceptLater(socket: number): boolean;
  isOpen(handle: number): boolean;
  close(handle: number): void;
  /** Every handle of the process and its kind: socket, pipe, file, device, or what the system calls it. */
  handles(): [number, string][];
}

let loaded: OutsideAddon | undefined;

export function outsideAddon(): OutsideAddon {
  loaded ??= createRequire(import.meta.url)(join(projectRoot, 'build/Release/outside.node')) as OutsideAddon;
  return loaded;
}

// The others come and go with threads and locks, of Node's and of the system's libraries.
const ofInterest = new Set(['socket', 'pipe', 'file', 'device', 'IoCompletion']);

export function openDescriptors(): Map<number, string> {
  return new Map(
    outsideAddon()
      .handles()
      .filter(([, kind]) => ofInterest.has(kind))
      .map(([handle, kind]) => [handle, `${kind}:`]),
  );
}

export function handleCount(): number {
  return outsideAddon().handles().length;
}

export function isOpen(descriptor: number): boolean {
  return outsideAddon().isOpen(descriptor);
}

export function openFile(path: string): Promise<number> {
  return perform('fileOpen', { bytes: path, argument0: constants.O_RDWR });
}

export function close(descriptor: number): void {
  // The lane has to hear of it: it knows handles by their numbers, which are used again.
  const result = binding.handleCloseNow(descriptor);
  if (result < 0) throw new Error(`closing ${descriptor}: ${result}`);
}

export function read(descriptor: number, into: Uint8Array): number {
  return outsideAddon().read(descriptor, into, true);
}

export function write(descriptor: number, bytes: Uint8Array): number {
  return outsideAddon().write(descriptor, bytes, true);
}

export async function receiveNow(socket: number, into: Uint8Array): Promise<number> {
  return outsideAddon().read(socket, into, false);
}

export async function sendNow(socket: number, bytes: Uint8Array): Promise<number> {
  return outsideAddon().write(socket, bytes, false);
}

export function allowHoles(file: number): void {
  outsideAddon().allowHoles(file);
}

export function acceptsLater(socket: number): boolean {
  return !onWine('fullListenersStaySilent') && outsideAddon().acceptLater(socket);
}

function portBy(addressOf: (handle: number, into: Uint8Array) => number, descriptor: number): number {
  const into = new Uint8Array(256);
  const length = addressOf(descriptor, into);
  return length < 0 ? -1 : parseWireAddress(into.slice(0, length)).port;
}

/** The socket with these ports, 0 for a listener's remote one. */
function socketAt(localPort: number, remotePort: number): number {
  for (const [descriptor, kind] of openDescriptors()) {
    if (kind !== 'socket:' || portBy(binding.socketLocalAddress, descriptor) !== localPort) continue;
    if (Math.max(0, portBy(binding.socketRemoteAddress, descriptor)) === remotePort) return descriptor;
  }
  throw new Error(`no socket has port ${localPort} and leads to ${remotePort}`);
}

function untilReadable(socket: number, what: string): Promise<void> {
  return until(() => outsideAddon().isReadable(socket), what);
}

export function untilArrived(end: { localPort?: number | undefined; remotePort?: number | undefined }): Promise<void> {
  const { localPort = 0, remotePort = 0 } = end;
  return untilReadable(socketAt(localPort, remotePort), `bytes on the way to port ${localPort}`);
}

export async function untilUntaken(port: number, count: number): Promise<void> {
  await untilReadable(socketAt(port, 0), `${count} connections in the queue of port ${port}`);
  // The system tells that there is one, not how many.
  if (count > 1) await pause(50);
}
