// writeFile and appendFile: open, write everything, close.

import { constants } from 'node:fs';
import { knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes } from '../runtime/paths.ts';
import { Steps } from '../runtime/steps.ts';
import { bytesOfText, encodingOf, optionsWithEncoding } from './encoding.ts';
import { FileHandle } from './file-handle.ts';
import { modeBits, openFlags } from './flags.ts';
import type { HandleWriteFileOptions } from './handle-options.ts';
import { booleanOption } from './last-options.ts';
import { newFileMode, openFile } from './open.ts';
import { closing } from './open-file.ts';
import { checkData, type FileData, writeAll } from './whole-file.ts';
import { canWriteWhole, type Writing, writeWhole } from './write-whole.ts';

/** Options of writeFile and appendFile. */
export interface WriteFileOptions extends HandleWriteFileOptions {
  /** How the file is opened. Default 'w', of appendFile 'a'. Ignored for a FileHandle. */
  flag?: string | number | undefined;
  /** Permission bits of a file it creates. Default 0o666. */
  mode?: number | string | undefined;
}

const known = knownOptions('encoding', 'flag', 'mode', 'flush');

/**
 * Replaces the contents of a file by `data`: text, bytes, or an iterable, also asynchronous, of them. With a
 * FileHandle it writes from the current position on.
 *
 * It is several operations: after an abort the file may be empty or hold a part of the data.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE at once
 * @example
 * await writeFile('notes.txt', 'two lines\nof text\n', { flush: true, signal });
 */
export function writeFile(
  path: PathLike | FileHandle,
  data: FileData,
  options?: WriteFileOptions | BufferEncoding | null,
): Promise<void>;
export function writeFile(path: unknown, data: unknown, options?: unknown): Promise<void> {
  return writeWith('w', path, data, options);
}

/** Adds `data` at the end of a file, which it creates if there is none. Otherwise as writeFile. */
export function appendFile(
  path: PathLike | FileHandle,
  data: FileData,
  options?: WriteFileOptions | BufferEncoding | null,
): Promise<void>;
export function appendFile(path: unknown, data: unknown, options?: unknown): Promise<void> {
  return writeWith('a', path, data, options);
}

function writeWith(flag: 'w' | 'a', path: unknown, data: unknown, options: unknown): Promise<void> {
  if (path instanceof FileHandle) return path.writeFile(data as FileData, options as HandleWriteFileOptions);
  const given = optionsWithEncoding<WriteFileOptions>(options, known);
  const bytes = pathBytes(path);
  const flags = openFlags(given?.flag, flag, 'flag');
  const mode = modeBits(given?.mode, newFileMode);
  const encoding = encodingOf(given?.encoding, 'utf8') ?? 'utf8';
  const flush = booleanOption(given?.flush, 'flush');
  checkData(data, encoding);
  const steps = new Steps(given);
  const inSteps = (rest: FileData): Promise<void> =>
    steps.run(async () => {
      const file = await openFile(bytes, flags, mode, steps.next());
      await closing(file, async () => {
        await writeAll(file, rest, encoding, steps);
        if (flush) await file.sync(steps.next());
      });
    });
  const whole = typeof data === 'string' ? bytesOfText(data, encoding) : data;
  if (flush || !ArrayBuffer.isView(whole) || !canWriteWhole(flags, whole)) return inSteps(data);
  const writing: Writing = {
    path: bytes,
    data: whole,
    appends: (flags & constants.O_APPEND) !== 0,
    inSteps: (from) => inSteps(from === 0 ? whole : bytesFrom(whole, from)),
  };
  return writeWhole(writing, flags, mode, typeof data === 'string', given);
}

function bytesFrom(view: NodeJS.ArrayBufferView, from: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + from, view.byteLength - from);
}
