// The errors of name resolution, with the fields of node:dns.

import { getSystemErrorMap } from 'node:util';
import type { SystemError } from '../errors.ts';

/** What a failed lookup rejects with. */
export interface LookupError extends SystemError {
  /** The name that was asked for; of a host, a service or a protocol, as it was given. */
  hostname: string;
}

// util.getSystemErrorMap() has one name for each; node:dns calls both "not found".
const notFound: ReadonlySet<string> = new Set(['EAI_NODATA', 'EAI_NONAME']);

/**
 * @param errno negated, as completions carry it: of names (EAI_…), or of the system
 * @param hostname what was asked for
 * @param native the system's own number for it, 0 where that is `errno`
 * @param syscall Node's word for the call
 */
export function lookupError(errno: number, hostname: string, native = 0, syscall = 'getaddrinfo'): LookupError {
  const word = getSystemErrorMap().get(errno)?.[0] ?? 'EAI_FAIL';
  const code = notFound.has(word) ? 'ENOTFOUND' : word;
  const error = new Error(`${syscall} ${code} ${hostname}`) as LookupError;
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  error.hostname = hostname;
  if (native !== 0) error.native = native;
  return error;
}
