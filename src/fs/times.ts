// Times as utimes() and its kin take them, and as operations are given them.

import { invalidType } from '../errors.ts';

/** Seconds since 1970, the same as a numeric string, or a Date. */
export type TimeLike = number | string | Date;

export interface FileTime {
  seconds: number;
  nanoseconds: number;
}

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is no time, an invalid Date and numbers that are not finite among it */
export function fileTime(time: unknown, name: string): FileTime {
  if (time instanceof Date) {
    const milliseconds = time.getTime();
    if (!Number.isNaN(milliseconds)) {
      const seconds = Math.floor(milliseconds / 1000);
      return { seconds, nanoseconds: (milliseconds - seconds * 1000) * 1_000_000 };
    }
  } else {
    const number = typeof time === 'string' && time.trim() !== '' ? Number(time) : time;
    if (typeof number === 'number' && Number.isFinite(number)) return fromSeconds(number);
  }
  throw invalidType(name, 'an instance of Date or a time in seconds', time);
}

// A double holds today's seconds to about a quarter of a microsecond: round to whole microseconds.
function fromSeconds(time: number): FileTime {
  const seconds = Math.floor(time);
  const microseconds = Math.round((time - seconds) * 1_000_000);
  if (microseconds === 1_000_000) return { seconds: seconds + 1, nanoseconds: 0 };
  return { seconds, nanoseconds: microseconds * 1000 };
}
