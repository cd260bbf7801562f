// Errors of calls made of several steps that no single system call could give: codes and fields as Node's.

import { constants } from 'node:os';
import type { SystemError } from '../errors.ts';

interface Description {
  /** What is wrong in general: 'Path is a directory'. */
  what: string;
  syscall: string;
  /** The system's word closest to it, whose number becomes `errno`. */
  word: keyof typeof constants.errno;
  /** What is wrong in particular. */
  why: string;
  path: string;
}

/** An error with a code of Node's own, such as ERR_FS_EISDIR; `errno` is a positive number there. */
export function describedError(code: string, { what, syscall, word, why, path }: Description): SystemError {
  const error = new Error(`${what}: ${syscall} returned ${word} (${why}) ${path}`) as SystemError;
  error.name = 'SystemError';
  error.code = code;
  error.errno = constants.errno[word];
  error.syscall = syscall;
  error.path = path;
  return error;
}

/** The system's word for a failure; undefined for whatever else was thrown, a signal's reason among it. */
export function codeOf(failure: unknown): string | undefined {
  const error = failure as SystemError | null | undefined;
  return typeof error?.syscall === 'string' ? error.code : undefined;
}
