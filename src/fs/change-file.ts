// Changing what a file is besides its contents, by its handle.

import { checkInteger } from '../errors.ts';
import { defineKind, type OperationKind } from '../runtime/operation.ts';
import { Operation } from '../wire/operations.ts';
import { modeBits } from './flags.ts';
import { checkLast } from './last-options.ts';
import type { OpenFile } from './open-file.ts';
import { fileLength } from './ranges.ts';
import { fileTime } from './times.ts';

type Change = OperationKind<void, undefined>;

function change(name: keyof typeof Operation, syscall: string): Change {
  return defineKind({ name, operation: Operation[name], syscall, memory: 'none', complete: () => undefined });
}

const dataSync = change('fileDataSync', 'fdatasync');
const truncate = change('fileTruncate', 'ftruncate');
const allocate = change('fileAllocate', 'fallocate');
const changeMode = change('fileChangeMode', 'fchmod');
const changeOwner = change('fileChangeOwner', 'fchown');
const changeTimes = change('fileChangeTimes', 'futime');

export function syncData(file: OpenFile, options: unknown): Promise<void> {
  checkLast(options);
  return file.runtime.start(dataSync, undefined, file, options, file.descriptor);
}

export function truncateFile(file: OpenFile, length: unknown, options: unknown): Promise<void> {
  if (typeof length === 'object' && length !== null) return truncateFile(file, 0, length);
  const bytes = fileLength(length, 'len');
  checkLast(options);
  return file.runtime.start(truncate, undefined, file, options, file.descriptor, 0, 0, bytes);
}

export function allocateFile(file: OpenFile, offset: unknown, length: unknown, options: unknown): Promise<void> {
  checkInteger(offset, 'offset', 0);
  checkInteger(length, 'length', 1);
  checkLast(options);
  return file.runtime.start(allocate, undefined, file, options, file.descriptor, 0, length, offset, 0);
}

export function changeFileMode(file: OpenFile, mode: unknown, options: unknown): Promise<void> {
  const bits = modeBits(mode, null);
  checkLast(options);
  return file.runtime.start(changeMode, undefined, file, options, file.descriptor, 0, 0, 0, bits | 0);
}

export const mostId = 2 ** 32 - 1;

export function changeFileOwner(file: OpenFile, uid: unknown, gid: unknown, options: unknown): Promise<void> {
  checkInteger(uid, 'uid', -1, mostId);
  checkInteger(gid, 'gid', -1, mostId);
  checkLast(options);
  return file.runtime.start(changeOwner, undefined, file, options, file.descriptor, 0, 0, 0, uid | 0, gid | 0);
}

export function changeFileTimes(file: OpenFile, atime: unknown, mtime: unknown, options: unknown): Promise<void> {
  const access = fileTime(atime, 'atime');
  const modify = fileTime(mtime, 'mtime');
  checkLast(options);
  return file.runtime.start(
    changeTimes,
    undefined,
    file,
    options,
    file.descriptor,
    0,
    access.seconds,
    modify.seconds,
    access.nanoseconds,
    modify.nanoseconds,
  );
}
