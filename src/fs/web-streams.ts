// An open file as web streams.

import { type ReadableByteStreamController, ReadableStream, WritableStream } from 'node:stream/web';
import { invalidType, invalidValue } from '../errors.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { booleanOption } from './last-options.ts';
import type { OpenFile } from './open-file.ts';
import { checkStreamOptions, type FileStreamOptions, StreamLife } from './stream-life.ts';

/** Options of readableWebStream; those of an operation hold for each read. */
export interface FileReadableOptions extends Omit<FileStreamOptions, 'emitClose'> {
  /** Every stream is a byte stream; 'bytes' is the only type. */
  type?: 'bytes' | undefined;
  /** Close the file at the end, on an error and on cancel(). Default false. */
  autoClose?: boolean | undefined;
}

/** Options of writableWebStream; those of an operation hold for each write. */
export interface FileWritableOptions extends Omit<FileStreamOptions, 'emitClose'> {
  /** Close the file on close(), abort() and on an error. Default false. */
  autoClose?: boolean | undefined;
  /** Wait until the data is on the device before close() resolves. Default false. */
  flush?: boolean | undefined;
}

const readableOptions = knownOptions('type', 'autoClose', 'start', 'highWaterMark');
const writableOptions = knownOptions('autoClose', 'start', 'highWaterMark', 'flush');

const defaultChunk = 64 * 1024;

/** cancel() takes a pending read back: bytes it had not moved stay for the next reader of the handle. */
export function readableWebStream(
  file: OpenFile,
  close: () => Promise<void>,
  given: FileReadableOptions | undefined,
): ReadableStream {
  const options = given ?? {};
  checkOptions(options, readableOptions);
  checkStreamOptions(options);
  if (options.type !== undefined && options.type !== 'bytes') {
    throw invalidValue('options.type', "must be 'bytes'", options.type);
  }
  const life = new StreamLife(file, close, { ...options, autoClose: options.autoClose ?? false });
  return new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: options.highWaterMark ?? defaultChunk,
    start(controller) {
      life.follow((reason) => {
        controller.error(reason);
        life.end(reason).catch(() => {
          // The stream has its error already.
        });
      });
    },
    pull: (controller) => pull(controller, life),
    cancel: (reason) => life.end(reason),
  });
}

interface ByobRequest {
  view: Uint8Array;
  respond(bytes: number): void;
}

async function pull(controller: ReadableByteStreamController, life: StreamLife): Promise<void> {
  // There is always a request: without one of the reader's the stream makes it, of autoAllocateChunkSize.
  const request = controller.byobRequest as unknown as ByobRequest;
  let bytesRead: number;
  try {
    bytesRead = await life.track(life.file.readOwned(request.view, life.position, life.options));
  } catch (error) {
    if (life.ended) return;
    await life.end(error).catch(() => {
      // The failed read is what the stream reports.
    });
    throw error;
  }
  if (life.ended) return;
  life.advance(bytesRead);
  if (bytesRead === 0) {
    await life.end(undefined);
    controller.close();
  }
  request.respond(bytesRead);
}

/** abort() takes a pending write back; a part of its chunk may have been written. */
export function writableWebStream(
  file: OpenFile,
  close: () => Promise<void>,
  given: FileWritableOptions | undefined,
): WritableStream<string | ArrayBuffer | NodeJS.ArrayBufferView> {
  const options = given ?? {};
  checkOptions(options, writableOptions);
  checkStreamOptions(options);
  const flush = booleanOption(options.flush, 'flush');
  const life = new StreamLife(file, close, { ...options, autoClose: options.autoClose ?? false });
  return new WritableStream(
    {
      start(controller) {
        // The signal of a writable stream is aborted at once by abort(), before its pending write has settled.
        const { signal } = controller as unknown as { signal: AbortSignal };
        signal.addEventListener('abort', () => life.takeBack(signal.reason), { once: true });
        life.follow((reason) => {
          controller.error(reason);
          life.end(reason).catch(() => {
            // The stream has its error already.
          });
        });
      },
      write: (chunk) => writeChunk(chunk, life),
      async close() {
        try {
          if (flush) await life.track(file.sync(life.options));
        } finally {
          await life.end(undefined);
        }
      },
      abort: (reason) => life.end(reason),
    },
    { highWaterMark: options.highWaterMark ?? defaultChunk, size: sizeOf },
  );
}

function sizeOf(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length;
  return ArrayBuffer.isView(chunk) || isBuffer(chunk) ? chunk.byteLength : 1;
}

function isBuffer(chunk: unknown): chunk is ArrayBufferLike {
  return chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer;
}

async function writeChunk(chunk: unknown, life: StreamLife): Promise<void> {
  let rest = bytesOf(chunk);
  try {
    while (rest.byteLength > 0) {
      const bytesWritten = await life.track(life.file.writeLent(rest, life.position, life.options));
      life.advance(bytesWritten);
      rest = rest.subarray(bytesWritten);
    }
  } catch (error) {
    if (!life.ended) {
      await life.end(error).catch(() => {
        // The failed write is what the stream reports.
      });
    }
    throw error;
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (isBuffer(chunk)) return new Uint8Array(chunk);
  throw invalidType('chunk', 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView', chunk);
}
