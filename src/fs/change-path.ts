// Changing what a file is besides its contents, by path: chmod, chown, utimes, truncate.

import { constants } from 'node:fs';
import { checkInteger } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { type PathLike, pathBytes } from '../runtime/paths.ts';
import { Steps } from '../runtime/steps.ts';
import { mostId, truncateFile } from './change-file.ts';
import { modeBits } from './flags.ts';
import { checkLast, isOptions } from './last-options.ts';
import { newFileMode, openFile } from './open.ts';
import { closing } from './open-file.ts';
import { pathKind, startPath } from './path-kinds.ts';
import { fileLength } from './ranges.ts';
import { fileTime, type TimeLike } from './times.ts';

const chmodKind = pathKind('pathChangeMode', 'chmod');
const chownKind = pathKind('pathChangeOwner', 'chown');
const lchownKind = pathKind('pathChangeOwner', 'lchown');
const utimesKind = pathKind('pathChangeTimes', 'utime');
const lutimesKind = pathKind('pathChangeTimes', 'lutime');

// The value of Descriptor.length for calls that change a symbolic link itself.
const linkItself = 1;

/** Changes the permission bits: a number, or a string of octal digits. */
export function chmod(path: PathLike, mode: number | string, options?: OperationOptions): Promise<void> {
  const bytes = pathBytes(path);
  const bits = modeBits(mode, null);
  checkLast(options);
  return startPath(chmodKind, bytes, options, bits | 0);
}

/** Changes owner and group; -1 leaves one as it is. */
export function chown(path: PathLike, uid: number, gid: number, options?: OperationOptions): Promise<void> {
  return changeOwner(chownKind, path, uid, gid, options, 0);
}

/** The same for a symbolic link itself. */
export function lchown(path: PathLike, uid: number, gid: number, options?: OperationOptions): Promise<void> {
  return changeOwner(lchownKind, path, uid, gid, options, linkItself);
}

function changeOwner(
  kind: typeof chownKind,
  path: unknown,
  uid: unknown,
  gid: unknown,
  options: unknown,
  which: number,
): Promise<void> {
  const bytes = pathBytes(path);
  checkInteger(uid, 'uid', -1, mostId);
  checkInteger(gid, 'gid', -1, mostId);
  checkLast(options);
  return startPath(kind, bytes, options, uid | 0, gid | 0, which);
}

/**
 * Changes the times of last access and change: seconds since 1970, numeric strings or Dates.
 *
 * @example
 * await utimes('data.bin', new Date(), new Date('2001-02-03'));
 */
export function utimes(path: PathLike, atime: TimeLike, mtime: TimeLike, options?: OperationOptions): Promise<void> {
  return changeTimes(utimesKind, path, atime, mtime, options, 0);
}

/** The same for a symbolic link itself. */
export function lutimes(path: PathLike, atime: TimeLike, mtime: TimeLike, options?: OperationOptions): Promise<void> {
  return changeTimes(lutimesKind, path, atime, mtime, options, linkItself);
}

function changeTimes(
  kind: typeof utimesKind,
  path: unknown,
  atime: unknown,
  mtime: unknown,
  options: unknown,
  which: number,
): Promise<void> {
  const bytes = pathBytes(path);
  const access = fileTime(atime, 'atime');
  const modify = fileTime(mtime, 'mtime');
  checkLast(options);
  return startPath(kind, bytes, options, access.nanoseconds, modify.nanoseconds, which, access.seconds, modify.seconds);
}

/** Cuts or extends a file to `length` bytes, default 0. */
export function truncate(path: PathLike, length?: number | null, options?: OperationOptions): Promise<void>;
export function truncate(path: PathLike, options: OperationOptions): Promise<void>;
export function truncate(path: unknown, length?: unknown, options?: unknown): Promise<void> {
  const bytes = pathBytes(path);
  const last = isOptions(length) ? length : options;
  const wanted = isOptions(length) ? 0 : fileLength(length, 'len');
  checkLast(last);
  const steps = new Steps(last);
  return steps.run(async () => {
    const file = await openFile(bytes, constants.O_RDWR, newFileMode, steps.next());
    await closing(file, () => truncateFile(file, wanted, steps.next()));
  });
}
