// Calls that may end before they begin: those that do not go to the runtime straight away make its checks here.

import { timeoutError } from '../errors.ts';
import type { OperationOptions } from './operation.ts';
import { checkLimits } from './options.ts';

/** Throws for wrong options; a rejection when the call has ended before it began, otherwise null. */
export function refusal(options: OperationOptions | undefined): Promise<never> | null {
  if (options === undefined) return null;
  const { signal, timeoutMs, detach, detachAfterMs } = options;
  checkLimits(signal, timeoutMs, detach, detachAfterMs);
  if (signal?.aborted) return Promise.reject(signal.reason);
  if (timeoutMs === 0) return Promise.reject(timeoutError(0));
  return null;
}
