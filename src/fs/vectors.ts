// The forms of FileHandle.readv and writev.

import { invalidType } from '../errors.ts';
import { checkView, vectorOf } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { Steps } from '../runtime/steps.ts';
import { Operation } from '../wire/operations.ts';
import { checkLast } from './last-options.ts';
import type { OpenFile } from './open-file.ts';
import { refusedRead, refusedWrite } from './positions.ts';
import { currentPosition, positionOf } from './ranges.ts';

/** What readv resolves to. */
export interface FileReadVectorResult<Views extends readonly NodeJS.ArrayBufferView[]> {
  bytesRead: number;
  buffers: Views;
}

/** What writev resolves to. */
export interface FileWriteVectorResult<Views extends readonly NodeJS.ArrayBufferView[]> {
  bytesWritten: number;
  buffers: Views;
}

/** Options of readv and writev besides those of every operation. */
export interface VectorOptions extends OperationOptions {
  /** Where in the file, in bytes; absent, null or -1: the current position, which then moves. */
  position?: number | bigint | null | undefined;
}

type CallerView = NodeJS.ArrayBufferView;

/** The array a vectored call was given, and its views at that time: what the caller does to the array changes nothing. */
interface Vector {
  buffers: readonly CallerView[];
  views: readonly CallerView[];
}

const readVector = defineKind<FileReadVectorResult<readonly CallerView[]>, Vector>({
  name: 'fileReadVector',
  operation: Operation.fileReadVector,
  syscall: 'read',
  memory: 'caller',
  complete: (bytesRead, { buffers }) => ({ bytesRead, buffers }),
  memoryOf: ({ views }) => views,
});

const readNothingVector = defineKind<FileReadVectorResult<readonly CallerView[]>, readonly CallerView[]>({
  name: 'fileReadVector',
  operation: Operation.noop,
  syscall: 'read',
  memory: 'none',
  complete: (_result, buffers) => ({ bytesRead: 0, buffers }),
});

const writeVector = defineKind<FileWriteVectorResult<readonly CallerView[]>, Vector>({
  name: 'fileWriteVector',
  operation: Operation.fileWriteVector,
  syscall: 'write',
  memory: 'caller',
  complete: (bytesWritten, { buffers }) => ({ bytesWritten, buffers }),
  memoryOf: ({ views }) => views,
});

const writeNothingVector = defineKind<FileWriteVectorResult<readonly CallerView[]>, readonly CallerView[]>({
  name: 'fileWriteVector',
  operation: Operation.noop,
  syscall: 'write',
  memory: 'none',
  complete: (_result, buffers) => ({ bytesWritten: 0, buffers }),
});

/** Most views the kernel takes in one call; more of them are a short transfer. */
const longestVector = 1024;

/** readv(buffers, position, options), readv(buffers, options). */
export function readv(
  file: OpenFile,
  buffers: unknown,
  second: unknown,
  third: unknown,
): Promise<FileReadVectorResult<readonly CallerView[]>> {
  checkViews(buffers);
  const { position, options } = vectorArguments(second, third);
  const refused = refusedRead(file, position, options);
  if (refused !== null) return refused;
  if (buffers.every((view) => view.byteLength === 0)) {
    return file.runtime.start(readNothingVector, buffers, file, options);
  }
  const views = buffers.slice(0, longestVector);
  const vector = { buffers, views };
  return file.runtime.start(
    readVector,
    vector,
    file,
    options,
    file.descriptor,
    0,
    0,
    position,
    0,
    0,
    vectorOf(views),
    file.readVectorFlags(bytesIn(views)),
  );
}

/** writev(buffers, position, options), writev(buffers, options). */
export function writev(
  file: OpenFile,
  buffers: unknown,
  second: unknown,
  third: unknown,
): Promise<FileWriteVectorResult<readonly CallerView[]>> {
  checkViews(buffers);
  const { position, options } = vectorArguments(second, third);
  const refused = buffers.length === 0 ? null : refusedWrite(file, position, options);
  if (refused !== null) return refused;
  if (buffers.every((view) => view.byteLength === 0)) {
    return file.runtime.start(writeNothingVector, buffers, file, options);
  }
  const vector = { buffers, views: buffers.slice() };
  if (buffers.length > longestVector) return writeLongVector(file, vector, position, new Steps(options));
  return startVector(file, vector, position, options);
}

function startVector(
  file: OpenFile,
  vector: Vector,
  position: number,
  options: OperationOptions | undefined,
): Promise<FileWriteVectorResult<readonly CallerView[]>> {
  const pairs = vectorOf(vector.views);
  return file.runtime.start(
    writeVector,
    vector,
    file,
    options,
    file.descriptor,
    0,
    0,
    position,
    0,
    0,
    pairs,
    file.transferFlags,
  );
}

// More views than the kernel takes in one call go out in several. Once bytes have moved the call resolves with
// their count, whatever comes then: a rejection would say that nothing happened.
function writeLongVector(
  file: OpenFile,
  { buffers, views }: Vector,
  position: number,
  steps: Steps,
): Promise<FileWriteVectorResult<readonly CallerView[]>> {
  return steps.run(async () => {
    let bytesWritten = 0;
    for (let at = 0; at < views.length; at += longestVector) {
      const part = views.slice(at, at + longestVector);
      const wanted = bytesIn(part);
      const where = position === currentPosition ? position : position + bytesWritten;
      let written: number;
      try {
        written = (await startVector(file, { buffers, views: part }, where, steps.next())).bytesWritten;
      } catch (error) {
        if (bytesWritten === 0) throw error;
        break;
      }
      bytesWritten += written;
      if (written < wanted) break;
    }
    return { bytesWritten, buffers };
  });
}

function bytesIn(views: readonly CallerView[]): number {
  return views.reduce((sum, view) => sum + view.byteLength, 0);
}

/** Throws unless `buffers` is an array of views. */
function checkViews(buffers: unknown): asserts buffers is readonly CallerView[] {
  if (!Array.isArray(buffers)) throw invalidType('buffers', 'an ArrayBufferView[]', buffers);
  for (const [index, view] of buffers.entries()) checkView(view, `buffers[${index}]`);
}

const vectorOptions = knownOptions('position');

/** The position and the options behind the buffers of readv and writev. */
function vectorArguments(second: unknown, third: unknown): { position: number; options: OperationOptions | undefined } {
  if (typeof second === 'object' && second !== null) {
    checkOptions(second, vectorOptions);
    return { position: positionOf((second as VectorOptions).position), options: second };
  }
  checkLast(third);
  return { position: positionOf(second), options: third };
}
