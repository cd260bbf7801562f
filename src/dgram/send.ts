// Sending: the argument shapes of node:dgram, and how a completion becomes a byte count.

import { checkHost } from '../dns/lookup.ts';
import { checkInteger, invalidType } from '../errors.ts';
import { checkView } from '../runtime/memory.ts';
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

/** What a send lends to the kernel, and where to, for its error. */
export interface Sending {
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

/** Sends memory of the caller's. */
export const sendLent = defineKind<number, Sending>({ ...kind, memory: 'caller' });

/** Sends memory that was made for this call. */
export const sendCopied = defineKind<number, Sending>({ ...kind, memory: 'runtime' });

const known = knownOptions('port', 'address');

/** Reads the arguments of send(), and throws for what is wrong with them. */
export function sendRequest(data: DatagramData, rest: readonly unknown[], connected: boolean): SendRequest {
  const given = rest.slice(0, rest.findLastIndex((argument) => argument !== undefined) + 1);
  const last = given.at(-1);
  if (typeof last === 'function') throw invalidType('options', 'of type object', last);
  const options = typeof last === 'object' && last !== null ? (last as SendOptions) : undefined;
  if (options !== undefined) checkOptions(options, known);
  const words = options === undefined ? given : given.slice(0, -1);
  const sliced = words.length > 2 || (words.length === 2 && typeof words[1] === 'number');
  const [port = options?.port, address = options?.address] = sliced ? words.slice(2) : words;
  const request = bytesOf(data);
  if (sliced) request.view = slice(data, request.view, words[0], words[1]);
  if (address !== undefined && address !== null && address !== '') checkHost(address, 'address');
  if (connected) {
    if (port !== undefined || address) throw isConnected();
    return { ...request, port: undefined, address: undefined, options };
  }
  return { ...request, port: checkPort(port, 'port', 1), address: address || undefined, options };
}

function bytesOf(data: DatagramData): Pick<SendRequest, 'view' | 'lent'> {
  if (typeof data === 'string') return { view: Buffer.from(data), lent: false };
  if (ArrayBuffer.isView(data)) {
    checkView(data, 'data');
    return { view: data, lent: true };
  }
  if (!Array.isArray(data)) {
    const expected = 'of type string, an instance of Buffer, TypedArray, or DataView, or an array of these';
    throw invalidType('data', expected, data);
  }
  return { view: Buffer.concat((data as readonly unknown[]).map(partBytes)), lent: false };
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
