// writeFile and appendFile: open, write everything, close.

import { constants } from 'node:fs';
import { binding } from '../binding.ts';
import { knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes } from '../runtime/paths.ts';
import { Steps } from '../runtime/steps.ts';
import { bytesOfText, encodingOf, optionsWithEncoding } from './encoding.ts';
import { FileHandle } from './file-handle.ts';
import { modeBits, openFlags } from './flags.ts';
import type { HandleWriteFileOptions } from './handle-options.ts';
import { booleanOption } from './last-options.ts';
import { newFileMode, openFile } from './open.ts';
import { closing, type OpenFile } from './open-file.ts';
import type { PathBytes } from './path-kinds.ts';
import {
  checkData,
  type DataMemory,
  type FileData,
  finishBytes,
  stepBytes,
  writeAll,
  writeBytes,
} from './whole-file.ts';
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
 * A call with text or bytes of at most 1 MiB that is rejected by an abort or a deadline has changed nothing: once the
 * file has been made or emptied, the data is written, and the call resolves. The exceptions are those of every call
 * (text, and bytes with `detach`, are told `detachAfterMs` after an abort when the system does not answer), `flush`
 * (the data may be written and not flushed), and files that are no regular ones of this machine. More data, and what
 * an iterable gives, is written in pieces: after an abort the file may be empty or hold a part.
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
  const ours = typeof data === 'string';
  const whole = ours ? bytesOfText(data, encoding) : data;
  const memory = ours ? 'runtime' : 'caller';
  const job: Job = { path: bytes, flags, mode, encoding, flush, data: whole, memory, steps: new Steps(given) };
  if (flush || !ArrayBuffer.isView(whole) || !canWriteWhole(flags, whole)) return writeInSteps(job);
  const writing: Writing = {
    path: bytes,
    data: whole,
    appends: (flags & constants.O_APPEND) !== 0,
    inSteps: () => writeInSteps(job),
    // The file has been changed, and what follows says how far: nothing ends that.
    goOn: (from) => writeInSteps({ ...job, data: bytesFrom(whole, from), steps: new Steps(undefined) }),
  };
  return writeWhole(writing, flags, mode, memory, given);
}

interface Job {
  path: PathBytes;
  flags: number;
  mode: number;
  encoding: BufferEncoding;
  flush: boolean;
  data: Exclude<FileData, string>;
  memory: DataMemory;
  steps: Steps;
}

function writeInSteps(job: Job): Promise<void> {
  const { path, flags, mode, flush, steps } = job;
  return steps.run(async () => {
    const file = await openFile(path, flags, mode, steps.next());
    await closing(file, async () => {
      await fill(file, job);
      if (flush) await file.sync(steps.next());
    });
  });
}

const changingFlags = constants.O_CREAT | constants.O_TRUNC;

async function fill(file: OpenFile, { flags, data, memory, encoding, steps }: Job): Promise<void> {
  if (!ArrayBuffer.isView(data)) return writeAll(file, data, encoding, steps);
  // Opening it may have made the file, or emptied it: a short write follows whatever happens, so that a call that was
  // taken back has changed nothing.
  const finishes = steps.mayEnd && (flags & changingFlags) !== 0 && data.byteLength <= stepBytes;
  if (finishes && binding.fileIsLocal(file.descriptor)) return finishBytes(file, data, memory, steps);
  return writeBytes(file, data, memory, steps);
}

function bytesFrom(view: NodeJS.ArrayBufferView, from: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + from, view.byteLength - from);
}
