// writeFile in one submission: open, write and close linked in the kernel. For data that is all there.

import { constants } from 'node:fs';
import { errnoOf } from '../errors.ts';
import { addressOf } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { shownPath } from '../runtime/paths.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';
import { directFlag, directoryFlag } from './flags.ts';
import type { PathBytes } from './path-kinds.ts';
import { type DataMemory, stepBytes } from './whole-file.ts';

/** A file to write, and the way to do it in steps. */
export interface Writing {
  path: PathBytes;
  data: NodeJS.ArrayBufferView;
  /** Whether the flags have each write go to the end of the file. */
  appends: boolean;
  /** Opens the file and writes all of it, in steps. */
  inSteps: () => Promise<void>;
  /** Opens the file again and writes the data from byte `from` on. */
  goOn: (from: number) => Promise<void>;
}

const numbersOf = (...codes: string[]): ReadonlySet<number> => new Set(codes.map((code) => errnoOf(code)));
// No regular file, or no such chain here: nothing has happened.
const undone = numbersOf('ENOTSUP', 'ENOSYS');
// What may have failed while writing is done again in steps: only a step knows that it was the write.
const failed = numbersOf('ENOSPC', 'EFBIG', 'EIO', 'EBADF', 'EINVAL');

const define = (memory: DataMemory) =>
  defineKind<void, Writing>({
    name: 'fileWriteWhole',
    operation: Operation.fileWriteWhole,
    syscall: 'open',
    memory,
    // The promise is given the promise of the steps and follows it. A second try writes all of it again, but not
    // behind what the first has appended.
    complete: (written, { data, appends, goOn }) =>
      written < data.byteLength ? (goOn(appends ? written : 0) as unknown as undefined) : undefined,
    fields: ({ path }) => ({ path: shownPath(path) }),
    recover: (errno, { inSteps, goOn }) => {
      if (undone.has(errno)) return inSteps() as unknown as undefined;
      return failed.has(errno) ? (goOn(0) as unknown as undefined) : undefined;
    },
    memoryOf: ({ data }) => data,
  });

const writeCaller = define('caller');
const writeText = define('runtime');

// A file that must not exist before cannot be written a second time in steps.
const otherFlags = constants.O_EXCL | directoryFlag | directFlag;

/** Whether one submission can do it. */
export function canWriteWhole(flags: number, data: NodeJS.ArrayBufferView): boolean {
  return (flags & otherFlags) === 0 && data.byteLength > 0 && data.byteLength <= stepBytes;
}

/** @param memory that of `writing.data` */
export function writeWhole(
  writing: Writing,
  flags: number,
  mode: number,
  memory: DataMemory,
  options: OperationOptions | undefined,
): Promise<void> {
  const { path, data } = writing;
  const kind = memory === 'runtime' ? writeText : writeCaller;
  return runtime.start(kind, writing, null, options, -1, data.byteLength, addressOf(data), 0, flags, mode, path);
}
