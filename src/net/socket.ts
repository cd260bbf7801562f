// A connected stream socket: TCP or Unix, or one end of a named pipe.

import { invalidType } from '../errors.ts';
import type { FileHandle } from '../fs/file-handle.ts';
import type { ParsedAddress } from '../runtime/address.ts';
import { guard, unguard } from '../runtime/handle.ts';
import { checkedBytes, checkView } from '../runtime/memory.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { type AddressInfo, addressInfo, localAddressOf, remoteAddressOf } from './addresses.ts';
import {
  checkFile,
  checkRange,
  checkReadSize,
  checkZeroCopy,
  type ReadOptions,
  readOptionNames,
  type SendFileOptions,
  type WriteOptions,
  writeOptionNames,
  writtenBytes,
} from './arguments.ts';
import { sendFile } from './file-sending.ts';
import { defaultReadBytes } from './receiving.ts';
import type { SocketHandle } from './socket-handle.ts';
import { setKeepAlive, setNoDelay } from './tuning.ts';

const knownForRead = knownOptions();
const knownForNewRead = knownOptions(...readOptionNames);
const knownForWrite = knownOptions(...writeOptionNames);

/** The handle behind a Socket, for other areas of this package; undefined for anything else. */
export let socketHandleOf: (value: unknown) => SocketHandle | undefined;

/**
 * A connected stream socket, from `connect()` or `server.accept()`.
 *
 * Reads and writes are taken one after the other in each direction, in the order of the calls. Each can be
 * aborted: in the kernel when it is there, at once when it still waits for its turn.
 */
export class Socket implements AsyncDisposable {
  readonly #handle: SocketHandle;
  #local: ParsedAddress | undefined;
  #remote: ParsedAddress | undefined;

  static {
    socketHandleOf = (value) =>
      typeof value === 'object' && value !== null && #handle in value ? value.#handle : undefined;
  }

  /** @internal */
  constructor(handle: SocketHandle) {
    this.#handle = handle;
    guard(this, handle);
  }

  /**
   * Reads into `buffer` what has arrived, waiting for at least one byte. Resolves to the number of bytes, 0 at
   * the end of the stream (and for an empty buffer).
   *
   * @example
   * const count = await socket.read(buffer, { signal });
   */
  read(buffer: NodeJS.ArrayBufferView, options?: OperationOptions): Promise<number>;
  /**
   * The same into memory of the socket's own: resolves to the bytes, an empty Buffer at the end of the stream.
   * Bytes that arrive for a read that was given up (`detachAfterMs`) begin the next one.
   */
  read(options?: ReadOptions): Promise<Buffer>;
  read(buffer?: NodeJS.ArrayBufferView | ReadOptions, options?: OperationOptions): Promise<number | Buffer> {
    if (!ArrayBuffer.isView(buffer)) return this.#readNew(buffer);
    const bytes = checkedBytes(buffer, 'buffer');
    if (options !== undefined) checkOptions(options, knownForRead);
    const { receiving, closing } = this.#handle;
    if (receiving.taken && !closing) {
      // By way of `this`, here and below: a call that waits keeps its socket from being collected, and so from being closed.
      return receiving.wait('read', options, (rest) => this.#handle.receiving.into(buffer, rest));
    }
    return receiving.into(buffer, options, bytes);
  }

  #readNew(options: ReadOptions | undefined): Promise<Buffer> {
    let size = defaultReadBytes;
    if (options !== undefined) {
      checkOptions(options, knownForNewRead);
      size = checkReadSize((options as ReadOptions).size);
    }
    const handle = this.#handle;
    if (handle.receiving.taken && !handle.closing) {
      return handle.receiving.wait('read', options, (rest) => this.#handle.receiving.allocate(size, rest));
    }
    return handle.receiving.allocate(size, options);
  }

  /**
   * Writes all of `data`: a string (`encoding`, default 'utf8') or a view of bytes, which must not change until
   * the promise settles. Resolves to the number of bytes: all of them, or fewer when an abort, the deadline or an
   * error ended a write that had begun.
   */
  write(data: string | NodeJS.ArrayBufferView, options?: WriteOptions): Promise<number> {
    if (options !== undefined) checkOptions(options, knownForWrite);
    const view = typeof data === 'string' ? writtenBytes(data, options?.encoding) : data;
    const bytes = checkedBytes(view, 'data');
    const zeroCopy = options !== undefined && checkZeroCopy(options.zeroCopy);
    const { sending, closing } = this.#handle;
    if (sending.taken && !closing) {
      return sending.wait('write', options, (rest) => this.#handle.sending.send(view, rest, zeroCopy));
    }
    return sending.send(view, options, zeroCopy, bytes);
  }

  /** Writes several views as if they were one. */
  writev(views: readonly NodeJS.ArrayBufferView[], options?: OperationOptions): Promise<number> {
    if (!Array.isArray(views)) throw invalidType('views', 'an instance of Array', views);
    for (let index = 0; index < views.length; index++) checkView(views[index], `views[${index}]`);
    if (options !== undefined) checkOptions(options, knownForRead);
    const own = views.slice();
    const handle = this.#handle;
    if (handle.sending.taken && !handle.closing) {
      return handle.sending.wait('write', options, (rest) => this.#handle.sending.sendVector(own, rest));
    }
    return handle.sending.sendVector(own, options);
  }

  /**
   * Sends bytes of a file, in its turn among the writes: `length` of them (default: up to the end of the file) from
   * `position` on (default 0). The file's current position stays where it is. Resolves to the number of bytes: all of
   * them, or fewer when the file ended before, or when an abort, the deadline or an error ended a call that had sent some.
   * Rejected by its signal or its deadline, it has sent nothing.
   *
   * The file must stay open: its `close()` ends the call, with code 'ECANCELED' if nothing was sent. Server versions of Windows
   * send the file of a call with neither `signal` nor `timeoutMs` by themselves; closing the file meanwhile costs the
   * connection, ECONNABORTED.
   *
   * What has no positions, a FIFO or a terminal, rejects with code 'ESPIPE'. A named pipe of messages carries it in messages
   * of up to 256 KiB.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE, RangeError ERR_OUT_OF_RANGE at once
   * @example
   * const sent = await socket.sendFile(file, { position: 4096, length: 65536, signal });
   */
  sendFile(file: FileHandle, options?: SendFileOptions): Promise<number> {
    return sendFile(this.#handle, checkFile(file), checkRange(options), options);
  }

  /**
   * Ends the writing side, behind the writes before it: the other end reads the end of the stream. A named pipe of
   * bytes has no side of its own to end: ENOTSUP.
   */
  shutdown(options?: OperationOptions): Promise<void> {
    if (options !== undefined) checkOptions(options, knownForRead);
    const handle = this.#handle;
    if (handle.sending.taken && !handle.closing) {
      return handle.sending.wait('shutdown', options, (rest) => this.#handle.sending.shutdown(rest));
    }
    return handle.sending.shutdown(options);
  }

  /**
   * Cancels what is pending (those promises reject with code ECANCELED), waits for it, and closes. Calling it
   * again returns the same promise. What was written still reaches the other end, unless bytes from there are left
   * unread: then the system resets the connection.
   */
  close(): Promise<void> {
    if (!this.#handle.closing) unguard(this.#handle);
    return this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * What arrives, piece by piece, up to the end of the stream. Leaving the loop early leaves the socket open.
   *
   * @example
   * for await (const chunk of socket.chunks({ signal })) console.log(chunk.byteLength);
   */
  async *chunks(options?: ReadOptions): AsyncGenerator<Buffer, void, void> {
    for (;;) {
      const chunk = await this.#readNew(options);
      if (chunk.byteLength === 0) return;
      yield chunk;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Buffer, void, void> {
    return this.chunks();
  }

  /** Whether small writes are sent at once instead of being collected (TCP only; default off). */
  setNoDelay(noDelay = true): this {
    setNoDelay(this.#handle, noDelay);
    return this;
  }

  /**
   * Whether the system asks an idle peer if it is still there (TCP only; default off).
   *
   * @param initialDelayMs silence before it asks first, in whole seconds after rounding down; 0 leaves it as it is
   */
  setKeepAlive(enable = false, initialDelayMs = 0): this {
    setKeepAlive(this.#handle, enable, initialDelayMs);
    return this;
  }

  /** Lets pending operations keep the process alive (the default). */
  ref(): this {
    this.#handle.ref();
    return this;
  }

  /** Lets the process end although operations are pending. */
  unref(): this {
    this.#handle.unref();
    return this;
  }

  /** Bytes read from the socket. */
  get bytesRead(): number {
    return this.#handle.receiving.bytes;
  }

  /** Bytes the system has taken of what was written. */
  get bytesWritten(): number {
    return this.#handle.sending.bytes;
  }

  /** Operations that have not settled: with the system, or waiting for their turn. */
  get pending(): number {
    const { pending, receiving, sending } = this.#handle;
    return pending + receiving.waiting + sending.waiting + (sending.between ? 1 : 0);
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#handle.closing;
  }

  /** The local address; an empty object for a Unix socket or a pipe. */
  address(): AddressInfo | Record<string, never> {
    return addressInfo(this.#localAddress()) ?? {};
  }

  get localAddress(): string | undefined {
    return addressInfo(this.#localAddress())?.address;
  }

  get localPort(): number | undefined {
    return addressInfo(this.#localAddress())?.port;
  }

  get localFamily(): 'IPv4' | 'IPv6' | undefined {
    return addressInfo(this.#localAddress())?.family;
  }

  get remoteAddress(): string | undefined {
    return addressInfo(this.#remoteAddress())?.address;
  }

  get remotePort(): number | undefined {
    return addressInfo(this.#remoteAddress())?.port;
  }

  get remoteFamily(): 'IPv4' | 'IPv6' | undefined {
    return addressInfo(this.#remoteAddress())?.family;
  }

  #localAddress(): ParsedAddress | undefined {
    this.#local ??= localAddressOf(this.#handle.descriptor);
    return this.#local;
  }

  #remoteAddress(): ParsedAddress | undefined {
    this.#remote ??= remoteAddressOf(this.#handle.descriptor);
    return this.#remote;
  }
}
