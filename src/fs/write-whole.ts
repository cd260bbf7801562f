// writeFile in one submission: open, write and close linked in the kernel. For data that is all there.

import { constants } from 'node:fs';
import { errnoOf } from '../errors.ts';
import { addressOf } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { pathText } from '../runtime/paths.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';
import { directFlag } from './flags.ts';
import type { PathBytes } from './path-kinds.ts';

/** A file to write, and the way to do it in steps. */
export interface Writing {
  path: PathBytes;
  data: NodeJS.ArrayBufferView;
  /** Whether the flags have each write go to the end of the file. */
  appends: boolean;
  /** Opens the file and writes the data from byte `from` on, in steps. */
  inSteps: (from: number) => Promise<void>;
}

// What the chain does not do (no regular file, no such chain here) is done in steps. So is what failed while writing:
// only a step knows that it was the write.
const inStepsAfter = new Set(
  ['ENOTSUP', 'ENOSYS', 'ENOSPC', 'EFBIG', 'EIO', 'EBADF', 'EINVAL'].map((code) => errnoOf(code)),
);

const define = (memory: 'caller' | 'runtime') =>
  defineKind<void, Writing>({
    name: 'fileWriteWhole',
    operation: Operation.fileWriteWhole,
    syscall: 'open',
    memory,
    // The promise is given the promise of the steps and follows it. A second try writes all of it again, but not
    // behind what the first has appended.
    complete: (written, { data, appends, inSteps }) =>
      written < data.byteLength ? (inSteps(appends ? written : 0) as unknown as undefined) : undefined,
    fields: ({ path }) => ({ path: pathText(path) }),
    recover: (errno, writing) => (inStepsAfter.has(errno) ? (writing.inSteps(0) as unknown as undefined) : undefined),
    memoryOf: ({ data }) => data,
  });

const writeCaller = define('caller');
const writeText = define('runtime');

// A file that must not exist before cannot be written a second time in steps.
const otherFlags = constants.O_EXCL | constants.O_DIRECTORY | directFlag;

// The kernel finishes a transfer of a regular file once it has begun: this bounds how long an abort waits for it.
const longestWhole = 1024 * 1024;

/** Whether one submission can do it. */
export function canWriteWhole(flags: number, data: NodeJS.ArrayBufferView): boolean {
  return (flags & otherFlags) === 0 && data.byteLength > 0 && data.byteLength <= longestWhole;
}

/** @param ours whether the memory of `writing.data` was made for this call */
export function writeWhole(
  writing: Writing,
  flags: number,
  mode: number,
  ours: boolean,
  options: OperationOptions | undefined,
): Promise<void> {
  const { path, data } = writing;
  const kind = ours ? writeText : writeCaller;
  return runtime.start(kind, writing, null, options, -1, data.byteLength, addressOf(data), 0, flags, mode, path);
}
