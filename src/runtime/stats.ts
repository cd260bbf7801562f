// What the runtime of this thread is doing, in numbers.

import { binding } from '../binding.ts';
import { runtime } from './runtime.ts';

/** Numbers since the start of this thread's runtime; the first three are of this moment. */
export interface RuntimeStats {
  /** Operations the kernel or a thread of the pool has. */
  inFlight: number;
  /** Operations that wait for room (see `maxInFlight`). */
  queued: number;
  /** Operations whose callers were told, and that the kernel has not let go of yet. */
  detached: number;
  /** Reads the page cache answered within the call; they are not among the submitted. */
  readAtOnce: number;
  submitted: number;
  completed: number;
  /** Promises rejected because of an abort, a deadline or a close after the operation was submitted. */
  cancelled: number;
  /** Operations taken back before they were submitted. */
  withdrawn: number;
  /** Cancel requests made; an operation may need several. */
  cancelRequests: number;
  /** System calls made to submit and to reap. */
  systemCalls: number;
  /** Flushes: each at most one call into the addon. */
  flushes: number;
  /** Completions delivered in the flush that submitted, and those the event loop delivered. */
  deliveredInline: number;
  deliveredByLoop: number;
  /** Most operations in one flush, and their mean. */
  largestBatch: number;
  meanBatch: number;
  /** Flushes that left completions to the next turn of the event loop, for fairness. */
  budgetExhausted: number;
}

/**
 * The numbers of this thread's runtime.
 *
 * @example
 * import { runtime } from 'rescind';
 * console.log(runtime.stats().inFlight);
 */
export function stats(): RuntimeStats {
  const native = new Float64Array(10);
  if (runtime.opened) binding.counters(native);
  const [
    submitted,
    completed,
    systemCalls,
    cancelRequests,
    flushes,
    inline,
    byLoop,
    largestBatch,
    budgetExhausted,
    readAtOnce,
  ] = native as unknown as [number, number, number, number, number, number, number, number, number, number];
  const { inFlight, queued, detached, cancelled, withdrawn } = runtime.counts();
  return {
    inFlight,
    queued,
    detached,
    readAtOnce,
    submitted,
    completed,
    cancelled,
    withdrawn,
    cancelRequests,
    systemCalls,
    flushes,
    deliveredInline: inline,
    deliveredByLoop: byLoop,
    largestBatch,
    meanBatch: flushes === 0 ? 0 : submitted / flushes,
    budgetExhausted,
  };
}
