// The forms of FileHandle.write.

import { invalidType } from '../errors.ts';
import { addressOf, checkView } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { Operation } from '../wire/operations.ts';
import { bytesOfText, encodingOf } from './encoding.ts';
import { checkLast } from './last-options.ts';
import type { OpenFile } from './open-file.ts';
import { refusedWrite } from './positions.ts';
import { lengthOf, longestTransfer, offsetOf, positionOf } from './ranges.ts';

/** What write resolves to. */
export interface FileWriteResult<Data extends NodeJS.ArrayBufferView | string> {
  /** May be less than was given: a full disk, a signal that came after the first bytes. */
  bytesWritten: number;
  buffer: Data;
}

/** Options of write besides those of every operation. */
export interface FileWriteOptions extends OperationOptions {
  /** Where in the buffer the bytes begin; default 0. */
  offset?: number | null | undefined;
  /** How many bytes; default what is left of the buffer behind `offset`. */
  length?: number | null | undefined;
  /** Where in the file, in bytes; absent, null or -1: the current position, which then moves. */
  position?: number | bigint | null | undefined;
}

/** Options of write with a text. */
export interface FileWriteTextOptions extends OperationOptions {
  position?: number | bigint | null | undefined;
  /** Default 'utf8'. */
  encoding?: BufferEncoding | null | undefined;
}

type CallerView = NodeJS.ArrayBufferView;
interface Text {
  text: string;
  bytes: Buffer;
}

const writeCaller = defineKind<FileWriteResult<CallerView>, CallerView>({
  name: 'fileWrite',
  operation: Operation.fileWrite,
  syscall: 'write',
  memory: 'caller',
  complete: (bytesWritten, buffer) => ({ bytesWritten, buffer }),
  memoryOf: (buffer) => buffer,
});

const writeText = defineKind<FileWriteResult<string>, Text>({
  name: 'fileWrite',
  operation: Operation.fileWrite,
  syscall: 'write',
  memory: 'runtime',
  complete: (bytesWritten, { text }) => ({ bytesWritten, buffer: text }),
  memoryOf: ({ bytes }) => bytes,
});

// Writing nothing asks nothing of the file, but is refused for a closed handle and an aborted signal.
const writeNothing = defineKind<FileWriteResult<CallerView | string>, CallerView | string>({
  name: 'fileWrite',
  operation: Operation.noop,
  syscall: 'write',
  memory: 'none',
  complete: (_result, buffer) => ({ bytesWritten: 0, buffer }),
});

const writeOptions = knownOptions('offset', 'length', 'position');
const textOptions = knownOptions('position', 'encoding');

/**
 * write(buffer, offset, length, position, options), write(buffer, options),
 * write(text, position, encoding, options), write(text, options).
 */
export function write(
  file: OpenFile,
  data: unknown,
  second: unknown,
  third: unknown,
  fourth: unknown,
  fifth: unknown,
): Promise<FileWriteResult<CallerView | string>> {
  if (!ArrayBuffer.isView(data)) return writeString(file, data, second, third, fourth);
  if (typeof second === 'object' && second !== null) {
    checkOptions(second, writeOptions);
    const given: FileWriteOptions = second;
    return writeFrom(file, data as CallerView, given.offset, given.length, given.position, given);
  }
  checkLast(fifth);
  return writeFrom(file, data as CallerView, second, third, fourth, fifth);
}

function writeFrom(
  file: OpenFile,
  buffer: CallerView,
  offset: unknown,
  length: unknown,
  position: unknown,
  options: OperationOptions | undefined,
): Promise<FileWriteResult<CallerView | string>> {
  const size = buffer.byteLength;
  if (size === 0) checkView(buffer, 'buffer');
  const from = offsetOf(offset);
  const count = lengthOf(length, size - from);
  const at = positionOf(position);
  if (count === 0) return file.runtime.start(writeNothing, buffer, file, options);
  const refused = refusedWrite(file, at, options);
  if (refused !== null) return refused;
  return file.runtime.start(
    writeCaller,
    buffer,
    file,
    options,
    file.descriptor,
    count,
    addressOf(buffer) + from,
    at,
    0,
    0,
    null,
    file.transferFlags,
  );
}

function writeString(
  file: OpenFile,
  text: unknown,
  second: unknown,
  third: unknown,
  fourth: unknown,
): Promise<FileWriteResult<CallerView | string>> {
  if (typeof text !== 'string') {
    throw invalidType('buffer', 'of type string or an instance of Buffer, TypedArray, or DataView', text);
  }
  let given: FileWriteTextOptions;
  if (typeof second === 'object' && second !== null) {
    checkOptions(second, textOptions);
    given = second;
  } else {
    checkLast(fourth);
    given = { ...fourth, position: second as number, encoding: third as BufferEncoding };
  }
  const bytes = bytesOfText(text, encodingOf(given.encoding, 'utf8') ?? 'utf8');
  const at = positionOf(given.position);
  if (bytes.length === 0) return file.runtime.start(writeNothing, text, file, given);
  const refused = refusedWrite(file, at, given);
  if (refused !== null) return refused;
  const count = Math.min(bytes.length, longestTransfer);
  return file.runtime.start(
    writeText,
    { text, bytes },
    file,
    given,
    file.descriptor,
    count,
    addressOf(bytes),
    at,
    0,
    0,
    null,
    file.transferFlags,
  );
}
