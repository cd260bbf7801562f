// Reading all of an open file, and writing everything there is to an open file.

import { invalidType } from '../errors.ts';
import { checkView } from '../runtime/memory.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import type { Steps } from '../runtime/steps.ts';
import { bytesOfText, checkText } from './encoding.ts';
import type { OpenFile } from './open-file.ts';
import { currentPosition } from './ranges.ts';

/** What writeFile takes. */
export type FileData =
  | string
  | NodeJS.ArrayBufferView
  | Iterable<string | NodeJS.ArrayBufferView>
  | AsyncIterable<string | NodeJS.ArrayBufferView>;

/** Most bytes readFile gives, Node's bound. */
export const longestContents = 2 ** 31 - 1;

/**
 * Most bytes moved by one operation. The kernel finishes a transfer of a regular file once it has begun: this bounds how
 * long an abort waits for it.
 */
export const stepBytes = 1024 * 1024;
const firstGuess = 64 * 1024;

/** Reads from the current position to the end. */
export async function readToEnd(file: OpenFile, steps: Steps): Promise<Buffer> {
  const status = await file.status(steps.next());
  const size = status.isFile() ? status.size : 0;
  if (size > longestContents) throw tooLarge(size);
  // One byte more than the file says it has: the read that meets the end needs room. Files that say 0, as
  // those of /proc do, and files that are no regular ones are read until they end.
  let chunk = Buffer.allocUnsafeSlow(size > 0 ? size + 1 : firstGuess);
  const full: Buffer[] = [];
  let used = 0;
  let total = 0;
  for (;;) {
    if (used === chunk.length) {
      full.push(chunk);
      chunk = Buffer.allocUnsafeSlow(Math.min(Math.max(total, firstGuess), 64 * stepBytes));
      used = 0;
    }
    const room = chunk.subarray(used, used + stepBytes);
    const bytesRead = await file.readOwned(room, currentPosition, steps.next());
    if (bytesRead === 0) break;
    used += bytesRead;
    total += bytesRead;
    if (total > longestContents) throw tooLarge(total);
  }
  const last = chunk.subarray(0, used);
  return full.length === 0 ? last : Buffer.concat([...full, last], total);
}

function tooLarge(size: number): RangeError {
  const error = new RangeError(`File size (${size}) is greater than 2 GiB`);
  return Object.assign(error, { code: 'ERR_FS_FILE_TOO_LARGE' });
}

/** Throws at once for data that cannot be written. */
export function checkData(data: unknown, encoding: BufferEncoding): asserts data is FileData {
  if (typeof data === 'string') {
    checkText(data, encoding);
    return;
  }
  if (ArrayBuffer.isView(data)) {
    checkView(data, 'data');
    return;
  }
  if (typeof data === 'object' && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data)) return;
  throw notData('data', data);
}

function notData(name: string, value: unknown): TypeError {
  return invalidType(
    name,
    'of type string or an instance of Buffer, TypedArray, DataView, Iterable or AsyncIterable',
    value,
  );
}

/** Writes all of `data` from the current position on, in as many operations as it takes. */
export async function writeAll(file: OpenFile, data: FileData, encoding: BufferEncoding, steps: Steps): Promise<void> {
  if (typeof data === 'string') await writeBytes(file, bytesOfText(data, encoding), 'runtime', steps);
  else if (ArrayBuffer.isView(data)) await writeBytes(file, data, 'caller', steps);
  else await writeEach(file, data, encoding, steps);
}

/** Whose memory is written: made for this call, or the caller's. */
export type DataMemory = 'runtime' | 'caller';

/** Writes all of `data` from the current position on; an abort ends it between two pieces. */
export async function writeBytes(
  file: OpenFile,
  data: NodeJS.ArrayBufferView,
  memory: DataMemory,
  steps: Steps,
): Promise<void> {
  for (let at = 0; at < data.byteLength; ) {
    at += await writeSome(file, data, at, memory, steps.next());
  }
}

/** As writeBytes, for data of one piece and a file that waits for nobody: no abort takes it back. */
export async function finishBytes(
  file: OpenFile,
  data: NodeJS.ArrayBufferView,
  memory: DataMemory,
  steps: Steps,
): Promise<void> {
  for (let at = 0; at < data.byteLength; ) {
    const from = at;
    at += await steps.finish(memory, (options) => writeSome(file, data, from, memory, options));
  }
}

function writeSome(
  file: OpenFile,
  data: NodeJS.ArrayBufferView,
  from: number,
  memory: DataMemory,
  options: OperationOptions | undefined,
): Promise<number> {
  const length = Math.min(data.byteLength - from, stepBytes);
  const part = new Uint8Array(data.buffer, data.byteOffset + from, length);
  return memory === 'runtime'
    ? file.writeOwned(part, currentPosition, options)
    : file.writeLent(part, currentPosition, options);
}

async function writeEach(
  file: OpenFile,
  source: Iterable<unknown> | AsyncIterable<unknown>,
  encoding: BufferEncoding,
  steps: Steps,
): Promise<void> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  try {
    for (;;) {
      steps.next();
      const { done, value } = await steps.attend(Promise.resolve(iterator.next()));
      if (done) return;
      if (typeof value !== 'string' && !ArrayBuffer.isView(value)) throw notData('data', value);
      await writeAll(file, value as string | NodeJS.ArrayBufferView, encoding, steps);
    }
  } catch (error) {
    // A source that hangs would hang here too: it is told, and not waited for.
    new Promise((resolve) => resolve(iterator.return?.())).catch(() => {});
    throw error;
  }
}
