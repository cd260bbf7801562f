// The open file as callers hold it. What each method does lives in the file named after it.

import { EventEmitter } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { ReadableStream, WritableStream } from 'node:stream/web';
import { guard, unguard } from '../runtime/handle.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { Steps } from '../runtime/steps.ts';
import {
  allocateFile,
  changeFileMode,
  changeFileOwner,
  changeFileTimes,
  syncData,
  truncateFile,
} from './change-file.ts';
import { encodingOf, optionsWithEncoding } from './encoding.ts';
import {
  type HandleReadFileOptions,
  type HandleWriteFileOptions,
  readFileOptions,
  type StatusOptions,
  wantsBigInt,
  writeFileOptions,
} from './handle-options.ts';
import { booleanOption, checkLast } from './last-options.ts';
import type { OpenFile } from './open-file.ts';
import { type FileReadOptions, type FileReadResult, read } from './read.ts';
import { FileReadStream, type FileReadStreamOptions } from './read-stream.ts';
import type { BigIntStats, Stats } from './stats.ts';
import type { TimeLike } from './times.ts';
import { type FileReadVectorResult, type FileWriteVectorResult, readv, type VectorOptions, writev } from './vectors.ts';
import {
  type FileReadableOptions,
  type FileWritableOptions,
  readableWebStream,
  writableWebStream,
} from './web-streams.ts';
import { checkData, type FileData, readToEnd, writeAll } from './whole-file.ts';
import { type FileWriteOptions, type FileWriteResult, type FileWriteTextOptions, write } from './write.ts';
import { FileWriteStream, type FileWriteStreamOptions } from './write-stream.ts';

type View = NodeJS.ArrayBufferView;
type Position = number | bigint | null;

/** The file behind a FileHandle, for other areas of this package; undefined for anything else. */
export let openFileOf: (value: unknown) => OpenFile | undefined;

/**
 * An open file, from `open()`. Every method that waits takes `signal`, `timeoutMs`, `detach` and
 * `detachAfterMs`; after `close()` they reject with code 'EBADF'. Emits 'close' when it is closed.
 *
 * @example
 * const file = await open('data.bin', 'r+');
 * const { bytesRead, buffer } = await file.read(Buffer.alloc(4096), { position: 0, signal });
 * await file.close();
 */
export class FileHandle extends EventEmitter {
  readonly #file: OpenFile;
  #closing: Promise<void> | null = null;

  static {
    openFileOf = (value) => (typeof value === 'object' && value !== null && #file in value ? value.#file : undefined);
  }

  constructor(file: OpenFile) {
    super();
    this.#file = file;
    guard(this, file);
  }

  /** The descriptor, on Windows the system's handle, which `node:fs` does not take; -1 after close(). */
  get fd(): number {
    return this.#file.descriptor;
  }

  /**
   * Reads into `buffer`: up to `length` bytes (default: what is left of it), put at `offset` (default 0), from
   * `position` of the file (default, null, -1: the current position). Without a buffer the runtime makes one
   * of 16 KiB. Resolves to `{bytesRead, buffer}`; `bytesRead` is 0 at the end of the file. What has no positions, a
   * FIFO or a terminal, rejects one with code 'ESPIPE'.
   *
   * With a buffer of yours an abort settles only when the kernel has let go of it, unless `detach` is given.
   *
   * @throws RangeError ERR_OUT_OF_RANGE, TypeError ERR_INVALID_ARG_TYPE at once
   * @example
   * const { bytesRead } = await file.read(buffer, { position: 4096, length: 512, signal, timeoutMs: 1000 });
   */
  read<B extends View>(
    buffer: B,
    offset?: number | null,
    length?: number | null,
    position?: Position,
    options?: OperationOptions,
  ): Promise<FileReadResult<B>>;
  read<B extends View>(buffer: B, options: FileReadOptions): Promise<FileReadResult<B>>;
  read<B extends View>(options: FileReadOptions & { buffer: B }): Promise<FileReadResult<B>>;
  read(options?: FileReadOptions & { buffer?: undefined }): Promise<FileReadResult<Buffer>>;
  read(
    first?: unknown,
    second?: unknown,
    length?: unknown,
    position?: unknown,
    options?: unknown,
  ): Promise<FileReadResult<never>> {
    return read(this.#file, first, second, length, position, options) as Promise<FileReadResult<never>>;
  }

  /**
   * Writes `buffer` (from `offset`, `length` bytes) or a text at `position` of the file (default: the current
   * one). Resolves to `{bytesWritten, buffer}`; fewer bytes than given may be written.
   *
   * @throws RangeError ERR_OUT_OF_RANGE, TypeError ERR_INVALID_ARG_TYPE at once
   * @example
   * await file.write('two lines\n', null, 'utf8', { signal });
   */
  write<B extends View>(
    buffer: B,
    offset?: number | null,
    length?: number | null,
    position?: Position,
    options?: OperationOptions,
  ): Promise<FileWriteResult<B>>;
  write<B extends View>(buffer: B, options: FileWriteOptions): Promise<FileWriteResult<B>>;
  write(
    text: string,
    position?: Position,
    encoding?: BufferEncoding | null,
    options?: OperationOptions,
  ): Promise<FileWriteResult<string>>;
  write(text: string, options: FileWriteTextOptions): Promise<FileWriteResult<string>>;
  write(
    data: unknown,
    second?: unknown,
    third?: unknown,
    fourth?: unknown,
    fifth?: unknown,
  ): Promise<FileWriteResult<never>> {
    return write(this.#file, data, second, third, fourth, fifth) as Promise<FileWriteResult<never>>;
  }

  /** Reads into several views, one after the other; at most the first 1,024 of them. */
  readv<V extends readonly View[]>(
    buffers: V,
    position?: Position,
    options?: OperationOptions,
  ): Promise<FileReadVectorResult<V>>;
  readv<V extends readonly View[]>(buffers: V, options: VectorOptions): Promise<FileReadVectorResult<V>>;
  readv(buffers: unknown, second?: unknown, third?: unknown): Promise<FileReadVectorResult<never>> {
    return readv(this.#file, buffers, second, third) as Promise<FileReadVectorResult<never>>;
  }

  /**
   * Writes several views, one after the other. More than 1,024 go out in several operations; once bytes have
   * been written it resolves with their count, also after an abort.
   */
  writev<V extends readonly View[]>(
    buffers: V,
    position?: Position,
    options?: OperationOptions,
  ): Promise<FileWriteVectorResult<V>>;
  writev<V extends readonly View[]>(buffers: V, options: VectorOptions): Promise<FileWriteVectorResult<V>>;
  writev(buffers: unknown, second?: unknown, third?: unknown): Promise<FileWriteVectorResult<never>> {
    return writev(this.#file, buffers, second, third) as Promise<FileWriteVectorResult<never>>;
  }

  /** The status of the file. */
  stat(options?: StatusOptions & { bigint?: false | undefined }): Promise<Stats>;
  stat(options: StatusOptions & { bigint: true }): Promise<BigIntStats>;
  stat(options?: StatusOptions): Promise<Stats | BigIntStats>;
  stat(options?: unknown): Promise<Stats | BigIntStats> {
    const big = wantsBigInt(options);
    const given = options as OperationOptions | undefined;
    return big ? this.#file.bigStatus(given) : this.#file.status(given);
  }

  /** Waits until data and status are on the device (fsync). */
  sync(options?: OperationOptions): Promise<void> {
    checkLast(options);
    return this.#file.sync(options);
  }

  /** Waits until the data is on the device (fdatasync). */
  datasync(options?: OperationOptions): Promise<void> {
    return syncData(this.#file, options);
  }

  /** Cuts or extends the file to `length` bytes, default 0. */
  truncate(length?: number | null, options?: OperationOptions): Promise<void>;
  truncate(options: OperationOptions): Promise<void>;
  truncate(length?: unknown, options?: unknown): Promise<void> {
    return truncateFile(this.#file, length, options);
  }

  /**
   * Reserves `length` bytes (at least 1) from `offset` on, so that writing them cannot fail for want of space;
   * extends the file if they lie behind its end.
   */
  allocate(offset: number, length: number, options?: OperationOptions): Promise<void> {
    return allocateFile(this.#file, offset, length, options);
  }

  /** Changes the permission bits. */
  chmod(mode: number | string, options?: OperationOptions): Promise<void> {
    return changeFileMode(this.#file, mode, options);
  }

  /** Changes owner and group; -1 leaves one as it is. */
  chown(uid: number, gid: number, options?: OperationOptions): Promise<void> {
    return changeFileOwner(this.#file, uid, gid, options);
  }

  /** Changes the times of last access and change. */
  utimes(atime: TimeLike, mtime: TimeLike, options?: OperationOptions): Promise<void> {
    return changeFileTimes(this.#file, atime, mtime, options);
  }

  /**
   * Reads from the current position to the end.
   *
   * @throws RangeError ERR_FS_FILE_TOO_LARGE (rejects) for more than 2 GiB - 1 bytes
   */
  readFile(
    options?: (HandleReadFileOptions & { encoding?: 'buffer' | null | undefined }) | 'buffer' | null,
  ): Promise<Buffer>;
  readFile(options: (HandleReadFileOptions & { encoding: BufferEncoding }) | BufferEncoding): Promise<string>;
  readFile(options?: HandleReadFileOptions | BufferEncoding | 'buffer' | null): Promise<string | Buffer>;
  readFile(options?: unknown): Promise<string | Buffer> {
    const given = optionsWithEncoding<HandleReadFileOptions>(options, readFileOptions);
    const encoding = encodingOf(given?.encoding, null);
    const steps = new Steps(given);
    return steps.run(async () => {
      const bytes = await readToEnd(this.#file, steps);
      return encoding === null ? bytes : bytes.toString(encoding);
    });
  }

  /**
   * Writes all of `data` (text, bytes, or an iterable of them) from the current position on. It is several
   * operations: after an abort a part may have been written.
   */
  writeFile(data: FileData, options?: HandleWriteFileOptions | BufferEncoding | null): Promise<void>;
  writeFile(data: unknown, options?: unknown): Promise<void> {
    const given = optionsWithEncoding<HandleWriteFileOptions>(options, writeFileOptions);
    const encoding = encodingOf(given?.encoding, 'utf8') ?? 'utf8';
    const flush = booleanOption(given?.flush, 'flush');
    checkData(data, encoding);
    const steps = new Steps(given);
    return steps.run(async () => {
      await writeAll(this.#file, data, encoding, steps);
      if (flush) await this.#file.sync(steps.next());
    });
  }

  /** The same as writeFile: open the file with 'a' to write at its end. */
  appendFile(data: FileData, options?: HandleWriteFileOptions | BufferEncoding | null): Promise<void> {
    return this.writeFile(data, options);
  }

  /**
   * The lines of the file, to be iterated over with `for await`.
   *
   * @example
   * for await (const line of file.readLines({ signal })) console.log(line);
   */
  readLines(options?: FileReadStreamOptions): Interface {
    return createInterface({ input: this.createReadStream(options), crlfDelay: Number.POSITIVE_INFINITY });
  }

  /** A byte stream of the file from its current position on; supports BYOB readers. */
  readableWebStream(options?: FileReadableOptions): ReadableStream {
    return readableWebStream(this.#file, () => this.close(), options);
  }

  /** A stream that writes text, buffers and views to the file. */
  writableWebStream(options?: FileWritableOptions): WritableStream {
    return writableWebStream(this.#file, () => this.close(), options);
  }

  /** A stream.Readable of the file; it closes the handle at its end unless `autoClose` is false. */
  createReadStream(options?: FileReadStreamOptions): FileReadStream {
    return new FileReadStream(this.#file, () => this.close(), options);
  }

  /** A stream.Writable of the file; it closes the handle at its end unless `autoClose` is false. */
  createWriteStream(options?: FileWriteStreamOptions): FileWriteStream {
    return new FileWriteStream(this.#file, () => this.close(), options);
  }

  /** Lets pending operations keep the process alive (the default). */
  ref(): this {
    this.#file.ref();
    return this;
  }

  /** Lets the process end although operations on this file are pending. */
  unref(): this {
    this.#file.unref();
    return this;
  }

  /**
   * Cancels what is pending on the file (it rejects with code 'ECANCELED'), waits for it, then closes.
   * Calling it again is harmless and returns the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    unguard(this.#file);
    try {
      await this.#file.close();
    } finally {
      this.emit('close');
    }
  }

  /** The same as close(). */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
