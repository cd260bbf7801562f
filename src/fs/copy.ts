// copyFile and cp: their arguments.

import { checkInteger, invalidType } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes } from '../runtime/paths.ts';
import { Steps } from '../runtime/steps.ts';
import { Copier } from './copier.ts';
import { booleanOption, checkLast, isOptions } from './last-options.ts';
import { type PathBytes, pairKind, startPair } from './path-kinds.ts';

/** Options of cp. */
export interface CopyOptions extends OperationOptions {
  /** Copy what symbolic links lead to instead of the links. Default false. */
  dereference?: boolean | undefined;
  /** With `force: false`: reject with ERR_FS_CP_EEXIST when there is something at the destination. Default false. */
  errorOnExist?: boolean | undefined;
  /** Asked for each path; what it says false to is not copied, nor what is below. */
  filter?: ((source: string, destination: string) => boolean | Promise<boolean>) | undefined;
  /** Replace what there is at the destination. Default true. */
  force?: boolean | undefined;
  /** COPYFILE_ flags for each file. Default 0. */
  mode?: number | undefined;
  /** Keep the times of files and directories. Default false. */
  preserveTimestamps?: boolean | undefined;
  /** Copy directories with all that is in them. Default false. */
  recursive?: boolean | undefined;
  /** Copy what symbolic links say as it is, instead of making it an absolute path. Default false. */
  verbatimSymlinks?: boolean | undefined;
}

const copyKind = pairKind('pathCopy', 'copyfile');

// COPYFILE_EXCL, COPYFILE_FICLONE and COPYFILE_FICLONE_FORCE together.
const mostMode = 7;

/**
 * Copies a file, in place of the one at the destination unless `mode` has COPYFILE_EXCL. After an abort the
 * destination may hold a part.
 *
 * @example
 * await copyFile('data.bin', 'data.bak', constants.COPYFILE_EXCL, { signal });
 */
export function copyFile(
  source: PathLike,
  destination: PathLike,
  mode?: number | null,
  options?: OperationOptions,
): Promise<void>;
export function copyFile(source: PathLike, destination: PathLike, options: OperationOptions): Promise<void>;
export function copyFile(source: unknown, destination: unknown, mode?: unknown, options?: unknown): Promise<void> {
  const from = pathBytes(source, 'src');
  const to = pathBytes(destination, 'dest');
  const last = isOptions(mode) ? mode : options;
  const flags = isOptions(mode) ? 0 : (mode ?? 0);
  checkInteger(flags, 'mode', 0, mostMode);
  checkLast(last);
  return copyOne(from, to, flags, last);
}

/** Copies one file; paths checked. */
export function copyOne(
  from: PathBytes,
  to: PathBytes,
  mode: number,
  options: OperationOptions | undefined,
): Promise<void> {
  return startPair(copyKind, from, to, options, mode);
}

const flagNames = [
  'dereference',
  'errorOnExist',
  'force',
  'preserveTimestamps',
  'recursive',
  'verbatimSymlinks',
] as const;
const known = knownOptions('filter', 'mode', ...flagNames);

/**
 * Copies a file or, with `recursive`, a directory and all that is in it. It is many operations: after an abort a
 * part may have been copied.
 *
 * @throws ERR_FS_EISDIR, ERR_FS_CP_EINVAL, ERR_FS_CP_DIR_TO_NON_DIR, ERR_FS_CP_NON_DIR_TO_DIR, ERR_FS_CP_EEXIST,
 * ERR_FS_CP_SOCKET, ERR_FS_CP_FIFO_PIPE, ERR_FS_CP_UNKNOWN, ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY (rejects)
 * @example
 * await cp('site', 'backup/site', { recursive: true, filter: (path) => !path.endsWith('.tmp'), signal });
 */
export function cp(source: PathLike, destination: PathLike, options?: CopyOptions): Promise<void>;
export function cp(source: unknown, destination: unknown, options?: unknown): Promise<void> {
  if (options !== undefined) checkOptions(options, known);
  const given = (options ?? {}) as CopyOptions;
  const from = pathBytes(source, 'src');
  const to = pathBytes(destination, 'dest');
  for (const name of flagNames) booleanOption(given[name], name);
  if (given.filter !== undefined && typeof given.filter !== 'function') {
    throw invalidType('options.filter', 'of type function', given.filter);
  }
  const mode = given.mode ?? 0;
  checkInteger(mode, 'options.mode', 0, mostMode);
  if (given.dereference === true && given.verbatimSymlinks === true) {
    throw Object.assign(
      new TypeError('Option "dereference" cannot be used in combination with option "verbatimSymlinks"'),
      {
        code: 'ERR_INCOMPATIBLE_OPTION_PAIR',
      },
    );
  }
  const steps = new Steps(given);
  const copier = new Copier(steps, given, (file, place) => copyOne(file, place, mode, steps.next()));
  return steps.run(() => copier.copy(from, to));
}
