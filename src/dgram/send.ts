// Sending: the argument shapes of node:dgram, and how a completion becomes a byte count.

import { checkHost } from '../dns/lookup.ts';
import { checkInteger, invalidType } from '../errors.ts';
import type { Handle } from '../runtime/handle.ts';
import { addressOf, checkView } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { checkPort } from '../runtime/port.ts';
import { Operation } from '../wire/operations.ts';
import { isConnected } from './errors.ts';

/** One datagram: bytes, a string sent as UTF-8, or several of them sent as one. */
export type DatagramData = string | NodeJS.ArrayBufferView | readonly (string | NodeJS.ArrayBufferView)[];

export interface SendOptions extends OperationOptions {
  /** Where to: 1 to 65,535. Not for a connected socket, needed by every other. */
  port?: number | undefined;
  /** Where to: an address or a host name. Default: this machine. */
  address?: string | undefined;
}

/** What follows the data in a call of send(). */
export type SendArguments =
  | []
  | [options: SendOptions]
  | [port: number, address?: string | null, options?: OperationOptions]
  | [offset: number, length: number, options?: OperationOptions]
  | [offset: number, length: number, port: number, address?: string | null, options?: OperationOptions];

// What a send lends to the kernel, and where to, for its error.
interface Sending {
  readonly view: ArrayBufferView;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** A checked call of send(). */
export interface SendRequest {
  view: ArrayBufferView;
  /** Whether the caller may change the memory of `view` before the datagram is sent. */
  lent: boolean;
  /** Undefined for a connected socket. */
  port: number | undefined;
  address: string | undefined;
  options: OperationOptions | undefined;
}

const kind = {
  name: 'socketSendMessage',
  operation: Operation.socketSendMessage,
  syscall: 'send',
  complete: (bytes: number): number => bytes,
  fields: ({ address, port }: Sending) => ({ address, port }),
  memoryOf: ({ view }: Sending) => view,
} as const;

// Memory of the caller's.
const sendLent = defineKind<number, Sending>({ ...kind, memory: 'caller' });

// Memory that was made for this call.
const sendCopied = defineKind<number, Sending>({ ...kind, memory: 'runtime' });

// What one operation moves at most; a datagram is far shorter.
const mostBytes = 0x7fffffff;

/** @param wire where to, null to the peer of a connected socket; `address` and `port` name it in errors */
export function startSend(
  handle: Handle,
  { view, lent }: SendRequest,
  address: string | undefined,
  port: number | undefined,
  wire: Uint8Array | null,
  options: OperationOptions | undefined,
): Promise<number> {
  const kind = lent ? sendLent : sendCopied;
  const length = Math.min(view.byteLength, mostBytes);
  const at = addressOf(view);
  return handle.runtime.start(
    kind,
    { view, address, port },
    handle,
    options,
    handle.descriptor,
    length,
    at,
    0,
    0,
    0,
    wire,
  );
}

/** The sends of a handle that have not settled. */
export function pendingSends(handle: Handle): { count: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  for (let slot = handle.head; slot !== null; slot = slot.ownerNext) {
    if (slot.kind !== sendLent && slot.kind !== sendCopied) continue;
    count++;
    bytes += (slot.resource as Sending).view.byteLength;
  }
  return { count, bytes };
}

const known = knownOptions('port', 'address');

/** Reads the arguments of send(), and throws for what is wrong with them. */
export function sendRequest(data: DatagramData, rest: readonly unknown[], connected: boolean): SendRequest {
  let count = rest.length;
  while (count > 0 && rest[count - 1] === undefined) count--;
  const last = rest[count - 1];
  let options: SendOptions | undefined;
  if (typeof last === 'function') throw invalidType('options', 'of type object', last);
  if (typeof last === 'object' && last !== null) {
    checkOptions(last, known);
    options = last;
    count--;
  }
  const sliced = count > 2 || (count === 2 && typeof rest[1] === 'number');
  const first = sliced ? 2 : 0;
  const port = count > first ? rest[first] : options?.port;
  const address = count > first + 1 ? rest[first + 1] : options?.address;
  const lent = ArrayBuffer.isView(data);
  const whole = lent ? checkedView(data) : ownBytes(data);
  const view = sliced ? slice(data, whole, rest[0], rest[1]) : whole;
  if (address !== undefined && address !== null && address !== '') checkHost(address, 'address');
  if (connected) {
    if (port !== undefined || address) throw isConnected();
    return { view, lent, port: undefined, address: undefined, options };
  }
  return { view, lent, port: checkPort(port, 'port', 1), address: address || undefined, options };
}

function checkedView(view: NodeJS.ArrayBufferView): ArrayBufferView {
  checkView(view, 'data');
  return view;
}

function ownBytes(data: unknown): ArrayBufferView {
  if (typeof data === 'string') return Buffer.from(data);
  if (!Array.isArray(data)) {
    const expected = 'of type string, an instance of Buffer, TypedArray, or DataView, or an array of these';
    throw invalidType('data', expected, data);
  }
  return Buffer.concat((data as readonly unknown[]).map(partBytes));
}

function partBytes(part: unknown, index: number): Uint8Array {
  if (typeof part === 'string') return Buffer.from(part);
  checkView(part, `data[${index}]`);
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

function slice(data: DatagramData, view: ArrayBufferView, offset: unknown, length: unknown): ArrayBufferView {
  if (Array.isArray(data)) throw invalidType('data', 'one piece when offset and length are given', data);
  checkInteger(offset, 'offset', 0, view.byteLength);
  checkInteger(length, 'length', 0, view.byteLength - offset);
  return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}
