// How open() is asked: the words and numbers for flags and modes.

import { constants } from 'node:fs';
import { checkInteger, invalidType, invalidValue } from '../errors.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL } = constants;

// Node has these where the platform has them.
type Optional = 'O_SYNC' | 'O_DIRECT' | 'O_DIRECTORY';
const { O_SYNC = 0, O_DIRECT = 0, O_DIRECTORY = 0 }: { [Name in Optional]?: number } = constants;

/** O_DIRECT, 0 where the platform has none. */
export const directFlag: number = O_DIRECT;

/** O_DIRECTORY, 0 where the platform has none. */
export const directoryFlag: number = O_DIRECTORY;

const words = new Map<string, number>();
function define(letter: string, alone: number, both: number, modifiers: Record<string, number>): void {
  words.set(letter, alone).set(`${letter}+`, both);
  for (const [modifier, flag] of Object.entries(modifiers)) {
    for (const word of [letter + modifier, modifier + letter]) {
      words.set(word, alone | flag).set(`${word}+`, both | flag);
    }
  }
}
define('r', O_RDONLY, O_RDWR, { s: O_SYNC });
define('w', O_WRONLY | O_CREAT | O_TRUNC, O_RDWR | O_CREAT | O_TRUNC, { x: O_EXCL });
define('a', O_WRONLY | O_CREAT | O_APPEND, O_RDWR | O_CREAT | O_APPEND, { x: O_EXCL, s: O_SYNC });

/** The number of open flags given as one of Node's words or as a number. */
export function openFlags(flags: unknown, fallback: string, name = 'flags'): number {
  if (flags === undefined || flags === null) return words.get(fallback) as number;
  if (typeof flags === 'number') {
    checkInteger(flags, name, -(2 ** 31), 2 ** 31 - 1);
    return flags;
  }
  const number = typeof flags === 'string' ? words.get(flags) : undefined;
  if (number === undefined) throw invalidValue(name, 'is invalid', flags);
  return number;
}

const mostMode = 2 ** 32 - 1;

/** Permission bits given as a number or as a string of octal digits; `fallback` when absent. */
export function modeBits(mode: unknown, fallback: number | null, name = 'mode'): number {
  if ((mode === undefined || mode === null) && fallback !== null) return fallback;
  if (typeof mode === 'number') {
    checkInteger(mode, name, 0, mostMode);
    return mode;
  }
  if (typeof mode !== 'string') {
    throw invalidType(name, 'a 32-bit unsigned integer or an octal string', mode);
  }
  const number = /^[0-7]+$/.test(mode) ? Number.parseInt(mode, 8) : Number.NaN;
  if (!(number <= mostMode)) throw invalidValue(name, 'must be a 32-bit unsigned integer or an octal string', mode);
  return number;
}
