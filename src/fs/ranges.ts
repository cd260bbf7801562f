// Which bytes of a buffer and of a file a transfer is about.

import { checkInteger, invalidType, outOfRange } from '../errors.ts';

/** Most bytes Linux moves in one call. */
export const longestTransfer = 0x7ffff000;

/** The current position of the file, as operations are told. */
export const currentPosition = -1;

/** Where in the file: absent, null and -1 mean its current position. */
export function positionOf(position: unknown): number {
  if (position === undefined || position === null) return currentPosition;
  if (typeof position === 'number') {
    checkInteger(position, 'position', -1);
    return position;
  }
  if (typeof position === 'bigint') {
    if (position < -1n || position > Number.MAX_SAFE_INTEGER) {
      throw outOfRange('position', `>= -1 && <= ${Number.MAX_SAFE_INTEGER}`, position);
    }
    return Number(position);
  }
  throw invalidType('position', 'an integer', position);
}

/** Where in the buffer. */
export function offsetOf(offset: unknown): number {
  if (offset === undefined || offset === null) return 0;
  checkInteger(offset, 'offset', 0);
  return offset;
}

/** How many bytes, of the `available` ones behind the offset; all of them when absent. */
export function lengthOf(length: unknown, available: number): number {
  if (length === undefined || length === null) {
    if (available < 0) throw outOfRange('length', '>= 0', available);
    return Math.min(available, longestTransfer);
  }
  checkInteger(length, 'length');
  if (length < 0) throw outOfRange('length', '>= 0', length);
  if (length > available) throw outOfRange('length', `<= ${Math.max(available, 0)}`, length);
  return Math.min(length, longestTransfer);
}

/** A length a file is given; negative ones mean 0, as in Node. */
export function fileLength(length: unknown, name: string): number {
  if (length === undefined || length === null) return 0;
  checkInteger(length, name);
  return Math.max(0, length);
}
