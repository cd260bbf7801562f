// What reads and writes of a socket take besides buffers.

import { checkBoolean, checkInteger, invalidType, invalidValue, outOfRange } from '../errors.ts';
import { openFileOf } from '../fs/file-handle.ts';
import type { OpenFile } from '../fs/open-file.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
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

/** Options of sendFile. */
export interface SendFileOptions extends OperationOptions {
  /** Where in the file to begin, in bytes. 0 to 2^53 - 1, default 0. */
  position?: number | bigint | undefined;
  /** Most bytes to send. 0 to 2^53 - 1, default all up to the end of the file. */
  length?: number | undefined;
}

/** Which bytes of a file. */
export interface FileRange {
  position: number;
  /** Infinity: up to the end of the file. */
  length: number;
}

const knownForSendFile = knownOptions('position', 'length');

export const readOptionNames = ['size'] as const;
export const writeOptionNames = ['encoding', 'zeroCopy'] as const;

/** Throws ERR_OUT_OF_RANGE or ERR_INVALID_ARG_TYPE for what is no size of a read. */
export function checkReadSize(size: unknown): number {
  if (size === undefined) return defaultReadBytes;
  checkInteger(size, 'options.size', 1, largestTransfer);
  return size;
}

/** The file of a FileHandle of rescind/fs; throws ERR_INVALID_ARG_TYPE for anything else. */
export function checkFile(file: unknown): OpenFile {
  const opened = openFileOf(file);
  if (opened === undefined) throw invalidType('file', 'an instance of FileHandle', file);
  return opened;
}

/** Throws ERR_OUT_OF_RANGE or ERR_INVALID_ARG_TYPE for what is no place in a file or no length. */
export function checkRange(options: SendFileOptions | undefined): FileRange {
  if (options !== undefined) checkOptions(options, knownForSendFile);
  const { position = 0, length } = options ?? {};
  if (length !== undefined) checkInteger(length, 'options.length', 0);
  return { position: checkPosition(position), length: length ?? Number.POSITIVE_INFINITY };
}

function checkPosition(position: unknown): number {
  const most = Number.MAX_SAFE_INTEGER;
  if (typeof position === 'bigint') {
    if (position < 0n || position > most) throw outOfRange('options.position', `>= 0 && <= ${most}`, position);
    return Number(position);
  }
  if (typeof position !== 'number') throw invalidType('options.position', 'of type number or bigint', position);
  checkInteger(position, 'options.position', 0);
  return position;
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
