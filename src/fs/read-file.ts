// readFile: in one operation where the file allows it, otherwise by opening, reading to the end, closing.

import { constants } from 'node:fs';
import { errnoOf } from '../errors.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes, shownPath } from '../runtime/paths.ts';
import { runtime } from '../runtime/runtime.ts';
import { Steps } from '../runtime/steps.ts';
import { Operation } from '../wire/operations.ts';
import { encodingOf, optionsWithEncoding } from './encoding.ts';
import { FileHandle } from './file-handle.ts';
import { directFlag, openFlags } from './flags.ts';
import type { HandleReadFileOptions } from './handle-options.ts';
import { newFileMode, openFile } from './open.ts';
import { closing } from './open-file.ts';
import type { PathBytes } from './path-kinds.ts';
import { readToEnd } from './whole-file.ts';

/** Options of readFile. */
export interface ReadFileOptions extends HandleReadFileOptions {
  /** How the file is opened. Default 'r'. Ignored for a FileHandle. */
  flag?: string | number | undefined;
}

interface Reading {
  path: PathBytes;
  flags: number;
  encoding: BufferEncoding | null;
  options: OperationOptions | undefined;
  /** Made at once when there is a deadline, so that it counts from the call. */
  steps: Steps | null;
}

// What the one operation does not do: files that are no regular ones, that are large or whose size is not known
// before. A directory goes the long way for the sake of its error: opening it succeeds, reading it fails.
const roadsOn = new Set([errnoOf('ENOTSUP'), errnoOf('EISDIR')]);

const readWhole = defineKind<string | Buffer, Reading>({
  name: 'fileReadWhole',
  operation: Operation.fileReadWhole,
  syscall: 'open',
  memory: 'runtime',
  complete: (_result, { encoding }, payload) =>
    encoding === null ? payload.copy() : payload.view().toString(encoding),
  fields: ({ path }) => ({ path: shownPath(path) }),
  // The promise is given the promise of the long way and follows it.
  recover: (errno, reading) => (roadsOn.has(errno) ? (readInSteps(reading) as unknown as Buffer) : undefined),
});

const known = knownOptions('encoding', 'flag');
const longWayFlags = constants.O_CREAT | constants.O_TRUNC | directFlag;

/**
 * The contents of a file, as a Buffer or, with an encoding, as text. For a FileHandle: from its current position.
 *
 * @throws RangeError ERR_FS_FILE_TOO_LARGE (rejects) for more than 2 GiB - 1 bytes
 * @example
 * const text = await readFile('notes.txt', { encoding: 'utf8', signal, timeoutMs: 500 });
 */
export function readFile(
  path: PathLike | FileHandle,
  options?: (ReadFileOptions & { encoding?: 'buffer' | null | undefined }) | 'buffer' | null,
): Promise<Buffer>;
export function readFile(
  path: PathLike | FileHandle,
  options: (ReadFileOptions & { encoding: BufferEncoding }) | BufferEncoding,
): Promise<string>;
export function readFile(
  path: PathLike | FileHandle,
  options?: ReadFileOptions | BufferEncoding | 'buffer' | null,
): Promise<string | Buffer>;
export function readFile(path: unknown, options?: unknown): Promise<string | Buffer> {
  if (path instanceof FileHandle) return path.readFile(options as HandleReadFileOptions);
  const given = optionsWithEncoding<ReadFileOptions>(options, known);
  const bytes = pathBytes(path);
  const flags = openFlags(given?.flag, 'r', 'flag');
  const encoding = encodingOf(given?.encoding, null);
  const steps = given?.timeoutMs === undefined ? null : new Steps(given);
  const reading: Reading = { path: bytes, flags, encoding, options: given, steps };
  if ((flags & longWayFlags) !== 0) return readInSteps(reading);
  return runtime.start(readWhole, reading, null, given, -1, 0, 0, 0, flags, 0, bytes);
}

function readInSteps({ path, flags, encoding, options, steps: begun }: Reading): Promise<string | Buffer> {
  const steps = begun ?? new Steps(options);
  return steps.run(async () => {
    const file = await openFile(path, flags, newFileMode, steps.next());
    const bytes = await closing(file, () => readToEnd(file, steps));
    return encoding === null ? bytes : bytes.toString(encoding);
  });
}
