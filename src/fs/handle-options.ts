// What the options of methods and of calls on paths have in common: status and whole contents.

import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { booleanOption } from './last-options.ts';

/** Options of calls that give back a status. */
export interface StatusOptions extends OperationOptions {
  /** Whole numbers as bigint, times in nanoseconds too. Default false. */
  bigint?: boolean | undefined;
}

/** Options of FileHandle.readFile. */
export interface HandleReadFileOptions extends OperationOptions {
  /** Gives text instead of bytes. */
  encoding?: BufferEncoding | 'buffer' | null | undefined;
}

/** Options of FileHandle.writeFile and appendFile. */
export interface HandleWriteFileOptions extends OperationOptions {
  /** What bytes a text becomes. Default 'utf8'. */
  encoding?: BufferEncoding | null | undefined;
  /** Whether to wait until the data is on the device. Default false. */
  flush?: boolean | undefined;
}

const statusOptions = knownOptions('bigint');
export const readFileOptions = knownOptions('encoding');
export const writeFileOptions = knownOptions('encoding', 'flush');

/** Whether the options of a status call ask for whole numbers. */
export function wantsBigInt(options: unknown): boolean {
  if (options === undefined) return false;
  checkOptions(options, statusOptions);
  return booleanOption((options as StatusOptions).bigint, 'bigint');
}
