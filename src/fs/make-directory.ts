// mkdir, also with the directories above it.

import { dirname } from 'node:path';
import { type SystemError, systemError, systemErrorByCode } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes, shownPath } from '../runtime/paths.ts';
import { Steps } from '../runtime/steps.ts';
import { codeOf } from './described-error.ts';
import { modeBits } from './flags.ts';
import { booleanOption } from './last-options.ts';
import { type PathBytes, pathKind, startPath } from './path-kinds.ts';
import { stat } from './path-status.ts';

/** Options of mkdir. */
export interface MakeDirectoryOptions extends OperationOptions {
  /** Permission bits, less those of the process's umask. Default 0o777. */
  mode?: number | string | null | undefined;
  /** Make the directories above it too, and accept that it exists. Default false. */
  recursive?: boolean | undefined;
}

const makeKind = pathKind('pathMakeDirectory', 'mkdir');
const known = knownOptions('mode', 'recursive');
const newDirectoryMode = 0o777;

/**
 * Makes a directory. With `recursive` it makes what is missing above it too and resolves to the first
 * directory it made, or undefined if all were there; after an abort some of them may have been made.
 *
 * @example
 * await mkdir('exports/2026/05', { recursive: true, signal });
 */
export function mkdir(path: PathLike, options: MakeDirectoryOptions & { recursive: true }): Promise<string | undefined>;
export function mkdir(
  path: PathLike,
  options?: (MakeDirectoryOptions & { recursive?: false | undefined }) | number | string | null,
): Promise<void>;
export function mkdir(
  path: PathLike,
  options?: MakeDirectoryOptions | number | string | null,
): Promise<string | undefined>;
export function mkdir(path: unknown, options?: unknown): Promise<unknown> {
  const bytes = pathBytes(path);
  if (typeof options === 'number' || typeof options === 'string') {
    return startPath(makeKind, bytes, undefined, modeBits(options, newDirectoryMode) | 0);
  }
  if (options === undefined || options === null) return startPath(makeKind, bytes, undefined, newDirectoryMode);
  checkOptions(options, known);
  const given: MakeDirectoryOptions = options;
  const mode = modeBits(given.mode, newDirectoryMode) | 0;
  if (!booleanOption(given.recursive, 'recursive')) return startPath(makeKind, bytes, given, mode);
  const steps = new Steps(given);
  return steps.run(() => makeAll(bytes, mode, steps));
}

/** Makes a directory and what is missing above it; resolves to the first one made. */
export async function makeAll(path: PathBytes, mode: number, steps: Steps): Promise<string | undefined> {
  const missing: PathBytes[] = [path];
  let first: PathBytes | undefined;
  let parentIsThere = false;
  for (let current = missing.at(-1); current !== undefined; current = missing.at(-1)) {
    try {
      await startPath(makeKind, current, steps.next(), mode);
      first ??= current;
    } catch (error) {
      const parent = parentOf(current);
      if (codeOf(error) === 'ENOENT' && !parentIsThere && parent !== null) {
        missing.push(parent);
        continue;
      }
      const refusal = await unlessDirectory(error, current, steps);
      // Windows calls what is below a file missing, so that the file itself is come to.
      if (codeOf(refusal) === 'EEXIST' && missing.length > 1) throw notDirectory(current);
      if (refusal !== null) throw aboutPath(refusal, path);
    }
    parentIsThere = true;
    missing.pop();
  }
  return first === undefined ? undefined : shownPath(first);
}

// Whatever mkdir said (that it exists, that the file system is read-only): a directory that is there will do.
async function unlessDirectory(error: unknown, path: PathBytes, steps: Steps): Promise<unknown> {
  const code = codeOf(error);
  if (code === undefined || code === 'ENOENT' || code === 'ENOTDIR') return error;
  try {
    return (await stat(path, steps.next())).isDirectory() ? null : error;
  } catch (failure) {
    return failure;
  }
}

function parentOf(path: PathBytes): PathBytes | null {
  const text = typeof path === 'string' ? path : Buffer.from(path).toString('latin1');
  const parent = dirname(text);
  if (parent === text || text === '') return null;
  return typeof path === 'string' ? parent : Buffer.from(parent, 'latin1');
}

function notDirectory(path: PathBytes): SystemError {
  return systemErrorByCode('ENOTDIR', 'mkdir', { path: shownPath(path) });
}

// The error is one of mkdir and names the path the caller asked for, as Node's does.
function aboutPath(error: unknown, path: PathBytes): unknown {
  if (codeOf(error) === undefined) return error;
  const { errno, native } = error as SystemError;
  return systemError(errno, 'mkdir', { path: shownPath(path) }, native);
}
