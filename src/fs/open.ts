// Opening files.

import { closeOrphan } from '../runtime/handle.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes, shownPath } from '../runtime/paths.ts';
import { runtime } from '../runtime/runtime.ts';
import { DescriptorFlag } from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import { FileHandle } from './file-handle.ts';
import { modeBits, openFlags } from './flags.ts';
import { checkLast, isOptions } from './last-options.ts';
import { OpenFile } from './open-file.ts';
import type { PathBytes } from './path-kinds.ts';

/** Options of open when they take the place of its flags. */
export interface OpenOptions extends OperationOptions {
  /** Default 'r'. */
  flags?: string | number | undefined;
  /** Permission bits of a file it creates, less those of the process's umask. Default 0o666. */
  mode?: number | string | undefined;
}

interface Opening {
  path: PathBytes;
  flags: number;
}

// Two kinds, for the handle the caller gets and for the bare file of calls that open and close by themselves.
const openHandle = openKind((descriptor, flags) => new FileHandle(new OpenFile(runtime, descriptor, flags)));
const openBare = openKind((descriptor, flags) => new OpenFile(runtime, descriptor, flags));

function openKind<Value>(made: (descriptor: number, flags: number) => Value) {
  return defineKind<Value, Opening>({
    name: 'fileOpen',
    operation: Operation.fileOpen,
    syscall: 'open',
    memory: 'none',
    complete: (descriptor, { flags }) => made(descriptor, flags),
    orphan: (descriptor) => closeOrphan(runtime, descriptor),
    fields: ({ path }) => ({ path: shownPath(path) }),
  });
}

const openOptions = knownOptions('flags', 'mode');

/** The default permission bits of a new file. */
export const newFileMode = 0o666;

/**
 * Opens a file. `flags` are Node's words ('r', 'r+', 'w', 'wx', 'a', … default 'r') or the O_ constants. An
 * abort takes back also an open that waits, such as that of a FIFO nobody writes to.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE at once
 * @example
 * const file = await open('data.bin', 'r', 0o666, { signal, timeoutMs: 1000 });
 */
export function open(
  path: PathLike,
  flags?: string | number | null,
  mode?: number | string | null,
  options?: OperationOptions,
): Promise<FileHandle>;
export function open(path: PathLike, options: OpenOptions): Promise<FileHandle>;
export function open(path: unknown, flags?: unknown, mode?: unknown, options?: unknown): Promise<FileHandle> {
  const bytes = pathBytes(path);
  if (isOptions(flags)) {
    checkOptions(flags, openOptions);
    const given: OpenOptions = flags;
    return start(openHandle, bytes, openFlags(given.flags, 'r'), modeBits(given.mode, newFileMode), given);
  }
  const flagBits = openFlags(flags, 'r');
  const permissions = modeBits(mode, newFileMode);
  checkLast(options);
  return start(openHandle, bytes, flagBits, permissions, options);
}

/** Opens a file for a call that closes it itself. */
export function openFile(
  path: PathBytes,
  flags: number,
  mode: number,
  options: OperationOptions | undefined,
): Promise<OpenFile> {
  return start(openBare, path, flags, mode, options);
}

function start<Value>(
  kind: ReturnType<typeof openKind<Value>>,
  path: PathBytes,
  flags: number,
  mode: number,
  options: OperationOptions | undefined,
): Promise<Value> {
  // Whatever the path is, it may be a FIFO: opening it must not be tried on the JavaScript thread.
  return runtime.start(
    kind,
    { path, flags },
    null,
    options,
    -1,
    0,
    0,
    0,
    flags,
    mode | 0,
    path,
    DescriptorFlag.mayBlock,
  );
}
