// Sending: the argument shapes of node:dgram, and how a completion becomes a byte count.

import { checkHost } from '../dns/lookup.ts';
import { checkInteger, invalidType } from '../errors.ts';
import type { Handle } from '../runtime/handle.ts';
import { addressOf, checkView, vectorOf } from '../runtime/memory.ts';
import { type AnyKind, defineKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { checkPort } from '../runtime/port.ts';
import { Operation } from '../wire/operations.ts';
import { isConnected } from './errors.ts';

/** One datagram: bytes, a string sent as UTF-8, or several of them sent as one, without being copied together first. */
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

// One view, or several whose bytes are one datagram.
type Views = ArrayBufferView | readonly ArrayBufferView[];

// What a send lends to the kernel, and where to, for its error.
interface Sending {
  readonly views: Views;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** A checked call of send(). */
export interface SendRequest {
  views: Views;
  /** Whether the caller may change the memory of `views` before the datagram is sent. */
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
  memoryOf: ({ views }: Sending) => views,
} as const;
const vectorKind = { ...kind, name: 'socketSendVector', operation: Operation.socketSendVector } as const;

// Memory of the caller's.
const sendLent = defineKind<number, Sending>({ ...kind, memory: 'caller' });
const sendLentPieces = defineKind<number, Sending>({ ...vectorKind, memory: 'caller' });

// Memory that was made for this call.
const sendCopied = defineKind<number, Sending>({ ...kind, memory: 'runtime' });
const sendCopiedPieces = defineKind<number, Sending>({ ...vectorKind, memory: 'runtime' });

// What one operation moves at most; a datagram is far shorter.
const mostBytes = 0x7fffffff;
// Pieces of one call with the system (IOV_MAX).
const mostPieces = 1024;

/** @param wire where to, null to the peer of a connected socket; `address` and `port` name it in errors */
export function startSend(
  handle: Handle,
  { views, lent }: SendRequest,
  address: string | undefined,
  port: number | undefined,
  wire: Uint8Array | null,
  options: OperationOptions | undefined,
): Promise<number> {
  const sending = { views, address, port };
  const { runtime, descriptor } = handle;
  if (!ArrayBuffer.isView(views)) {
    const kind = lent ? sendLentPieces : sendCopiedPieces;
    const bytes = withDestination(vectorOf(views), wire);
    return runtime.start(kind, sending, handle, options, descriptor, wire?.byteLength ?? 0, 0, 0, 0, 0, bytes);
  }
  const kind = lent ? sendLent : sendCopied;
  const length = Math.min(views.byteLength, mostBytes);
  return runtime.start(kind, sending, handle, options, descriptor, length, addressOf(views), 0, 0, 0, wire);
}

function withDestination(pairs: Uint8Array, wire: Uint8Array | null): Uint8Array {
  if (wire === null) return pairs;
  const bytes = new Uint8Array(pairs.byteLength + wire.byteLength);
  bytes.set(pairs);
  bytes.set(wire, pairs.byteLength);
  return bytes;
}

/** The sends of a handle that have not settled. */
export function pendingSends(handle: Handle): { count: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  for (let slot = handle.head; slot !== null; slot = slot.ownerNext) {
    const { operation } = slot.kind as AnyKind;
    if (operation !== Operation.socketSendMessage && operation !== Operation.socketSendVector) continue;
    count++;
    bytes += lengthOf((slot.resource as Sending).views);
  }
  return { count, bytes };
}

function lengthOf(views: Views): number {
  if (ArrayBuffer.isView(views)) return views.byteLength;
  return views.reduce((bytes, view) => bytes + view.byteLength, 0);
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
  const { views: whole, lent } = viewsOf(data);
  const views = sliced ? slice(data, whole, rest[0], rest[1]) : whole;
  if (address !== undefined && address !== null && address !== '') checkHost(address, 'address');
  if (connected) {
    if (port !== undefined || address) throw isConnected();
    return { views, lent, port: undefined, address: undefined, options };
  }
  return { views, lent, port: checkPort(port, 'port', 1), address: address || undefined, options };
}

function viewsOf(data: unknown): Pick<SendRequest, 'views' | 'lent'> {
  if (ArrayBuffer.isView(data)) {
    checkView(data, 'data');
    return { views: data, lent: true };
  }
  if (typeof data === 'string') return { views: Buffer.from(data), lent: false };
  if (!Array.isArray(data)) {
    const expected = 'of type string, an instance of Buffer, TypedArray, or DataView, or an array of these';
    throw invalidType('data', expected, data);
  }
  const pieces: ArrayBufferView[] = data.map(pieceOf);
  const [first] = pieces;
  if (first === undefined || pieces.length > mostPieces) {
    return { views: Buffer.concat(pieces.map(bytesOf)), lent: false };
  }
  return { views: pieces.length === 1 ? first : pieces, lent: data.some((piece) => ArrayBuffer.isView(piece)) };
}

function pieceOf(piece: unknown, index: number): ArrayBufferView {
  if (typeof piece === 'string') return Buffer.from(piece);
  checkView(piece, `data[${index}]`);
  return piece;
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function slice(data: DatagramData, view: Views, offset: unknown, length: unknown): ArrayBufferView {
  if (Array.isArray(data) || !ArrayBuffer.isView(view)) {
    throw invalidType('data', 'one piece when offset and length are given', data);
  }
  checkInteger(offset, 'offset', 0, view.byteLength);
  checkInteger(length, 'length', 0, view.byteLength - offset);
  return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}
