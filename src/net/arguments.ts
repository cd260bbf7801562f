// What reads and writes of a socket take besides buffers.

import { checkBoolean, checkInteger, invalidValue } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { defaultReadBytes, largestTransfer } from './receiving.ts';

/** Options of a read without a buffer. */
export interface ReadOptions extends OperationOptions {
  /** Most bytes to read at a time. 1 to 2,147,479,552, default 65,536. */
  size?: number | undefined;
}

/** Options of a write. */
export interface WriteOptions extends OperationOptions {
  /** How a string becomes bytes. Default 'utf8'. */
  encoding?: BufferEncoding | undefined;
  /**
   * TCP only: sends from the memory itself instead of a copy. The promise then settles only when the peer has
   * acknowledged the bytes, also after an abort. Pays off with some network cards; over loopback it costs. Default
   * false.
   */
  zeroCopy?: boolean | undefined;
}

export const readOptionNames = ['size'] as const;
export const writeOptionNames = ['encoding', 'zeroCopy'] as const;

/** Throws ERR_OUT_OF_RANGE or ERR_INVALID_ARG_TYPE for what is no size of a read. */
export function checkReadSize(size: unknown): number {
  if (size === undefined) return defaultReadBytes;
  checkInteger(size, 'options.size', 1, largestTransfer);
  return size;
}

/** Throws ERR_INVALID_ARG_TYPE for what is no boolean. */
export function checkZeroCopy(zeroCopy: unknown): boolean {
  if (zeroCopy === undefined) return false;
  checkBoolean(zeroCopy, 'options.zeroCopy');
  return zeroCopy;
}

/** The bytes of a string. */
export function writtenBytes(text: string, encoding: unknown): Buffer {
  if (encoding === undefined) return Buffer.from(text, 'utf8');
  if (typeof encoding !== 'string' || !Buffer.isEncoding(encoding)) {
    throw invalidValue('options.encoding', 'is not an encoding', encoding);
  }
  return Buffer.from(text, encoding);
}
