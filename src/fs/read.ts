// The forms of FileHandle.read.

import { addressOf, checkView } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { Operation } from '../wire/operations.ts';
import { checkLast } from './last-options.ts';
import type { OpenFile } from './open-file.ts';
import { refusedRead } from './positions.ts';
import { lengthOf, offsetOf, positionOf } from './ranges.ts';

/** What read resolves to. */
export interface FileReadResult<View extends NodeJS.ArrayBufferView = Buffer> {
  /** 0 at the end of the file. */
  bytesRead: number;
  buffer: View;
}

/** Options of read besides those of every operation. */
export interface FileReadOptions extends OperationOptions {
  /** Where in the buffer the bytes go, in bytes; default 0. */
  offset?: number | null | undefined;
  /** Most bytes to read; default what is left of the buffer behind `offset`. */
  length?: number | null | undefined;
  /** Where in the file, in bytes; absent, null or -1: the current position, which then moves. */
  position?: number | bigint | null | undefined;
}

type CallerView = NodeJS.ArrayBufferView;

const readCaller = defineKind<FileReadResult<CallerView>, CallerView>({
  name: 'fileRead',
  operation: Operation.fileRead,
  syscall: 'read',
  memory: 'caller',
  complete: (bytesRead, buffer) => ({ bytesRead, buffer }),
  memoryOf: (buffer) => buffer,
});

const readAllocated = defineKind<FileReadResult, Buffer>({
  name: 'fileRead',
  operation: Operation.fileRead,
  syscall: 'read',
  memory: 'runtime',
  complete: (bytesRead, buffer) => ({ bytesRead, buffer }),
  memoryOf: (buffer) => buffer,
});

// Reading nothing asks nothing of the file, but is refused for a closed handle and an aborted signal.
const readNothing = defineKind<FileReadResult<CallerView>, CallerView>({
  name: 'fileRead',
  operation: Operation.noop,
  syscall: 'read',
  memory: 'none',
  complete: (_result, buffer) => ({ bytesRead: 0, buffer }),
});

const readOptions = knownOptions('offset', 'length', 'position');
const readOptionsWithBuffer = knownOptions('buffer', 'offset', 'length', 'position');

/** Bytes of the buffer read() makes when it is given none. */
const defaultBytes = 16 * 1024;

/** read(buffer, offset, length, position, options), read(buffer, options), read(options), read(). */
export function read(
  file: OpenFile,
  first: unknown,
  second: unknown,
  length: unknown,
  position: unknown,
  options: unknown,
): Promise<FileReadResult<CallerView>> {
  // The first question is answered faster, and is about what nearly everybody gives.
  if (!(first instanceof Uint8Array || ArrayBuffer.isView(first))) return readByOptions(file, first);
  if (typeof second === 'object' && second !== null) {
    checkOptions(second, readOptions);
    const given: FileReadOptions = second;
    return readInto(file, first as CallerView, given.offset, given.length, given.position, given);
  }
  checkLast(options);
  return readInto(file, first as CallerView, second, length, position, options);
}

function readByOptions(file: OpenFile, options: unknown): Promise<FileReadResult<CallerView>> {
  if (options === undefined || options === null) {
    return readAllocatedBuffer(file, undefined, undefined, undefined, undefined);
  }
  checkOptions(options, readOptionsWithBuffer);
  const given: FileReadOptions & { buffer?: unknown } = options;
  if (given.buffer === undefined) {
    return readAllocatedBuffer(file, given.offset, given.length, given.position, given);
  }
  checkView(given.buffer, 'options.buffer');
  return readInto(file, given.buffer, given.offset, given.length, given.position, given);
}

function readInto(
  file: OpenFile,
  buffer: CallerView,
  offset: unknown,
  length: unknown,
  position: unknown,
  options: OperationOptions | undefined,
): Promise<FileReadResult<CallerView>> {
  const size = buffer instanceof Uint8Array ? buffer.length : buffer.byteLength;
  if (size === 0) checkView(buffer, 'buffer');
  const from = offsetOf(offset);
  const most = lengthOf(length, size - from);
  const at = positionOf(position);
  if (most === 0) return file.runtime.start(readNothing, buffer, file, options);
  const refused = refusedRead(file, at, options);
  if (refused !== null) return refused;
  return file.runtime.start(
    readCaller,
    buffer,
    file,
    options,
    file.descriptor,
    most,
    addressOf(buffer) + from,
    at,
    0,
    0,
    null,
    file.readFlags(most),
  );
}

function readAllocatedBuffer(
  file: OpenFile,
  offset: unknown,
  length: unknown,
  position: unknown,
  options: OperationOptions | undefined,
): Promise<FileReadResult<CallerView>> {
  const from = offsetOf(offset);
  const most = lengthOf(length, defaultBytes - from);
  const at = positionOf(position);
  const buffer = Buffer.alloc(defaultBytes);
  if (most === 0) return file.runtime.start(readNothing, buffer, file, options);
  const refused = refusedRead(file, at, options);
  if (refused !== null) return refused;
  return file.runtime.start(
    readAllocated,
    buffer,
    file,
    options,
    file.descriptor,
    most,
    addressOf(buffer) + from,
    at,
    0,
    0,
    null,
    file.readFlags(most),
  );
}
