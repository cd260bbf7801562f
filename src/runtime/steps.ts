// A call made of several operations: all are given its one signal and what is left of its one deadline, and
// between them the call ends when either has ended it.

import { performance } from 'node:perf_hooks';
import { timeoutError } from '../errors.ts';
import type { OperationOptions } from './operation.ts';
import { checkLimits, longestMs } from './options.ts';

export class Steps {
  readonly #signal: AbortSignal | undefined;
  readonly #options: OperationOptions | undefined;
  readonly #timeoutMs: number;
  readonly #endsAt: number;

  /** Throws at once for wrong options. */
  constructor(options: OperationOptions | undefined) {
    const { signal, timeoutMs, detach, detachAfterMs } = options ?? {};
    checkLimits(signal, timeoutMs, detach, detachAfterMs);
    this.#signal = signal;
    this.#timeoutMs = timeoutMs === undefined || timeoutMs > longestMs ? Number.POSITIVE_INFINITY : timeoutMs;
    this.#endsAt = performance.now() + this.#timeoutMs;
    this.#options = options === undefined ? undefined : { signal, detach, detachAfterMs };
  }

  /** Options for the next operation. Throws the signal's reason, or TimeoutError, when the call has ended. */
  next(): OperationOptions | undefined {
    if (this.#signal?.aborted) throw this.#signal.reason;
    if (this.#timeoutMs === Number.POSITIVE_INFINITY) return this.#options;
    const left = this.#endsAt - performance.now();
    if (left <= 0) throw timeoutError(this.#timeoutMs);
    return { ...this.#options, timeoutMs: left };
  }

  /** Runs the call. A step that ran out of what was left is reported as the deadline of the whole. */
  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      throw this.#translated(error);
    }
  }

  #translated(error: unknown): unknown {
    const ofStep = error instanceof DOMException && error.name === 'TimeoutError';
    if (!ofStep || performance.now() < this.#endsAt || error === this.#signal?.reason) return error;
    return timeoutError(this.#timeoutMs);
  }

  /** Waits for something that takes no signal, as long as the call goes on. */
  async attend<Value>(promise: Promise<Value>): Promise<Value> {
    const signal = this.#signal;
    if (signal === undefined && this.#timeoutMs === Number.POSITIVE_INFINITY) return promise;
    let end: () => void = () => {};
    let timer: NodeJS.Timeout | undefined;
    const ended = new Promise<never>((_, reject) => {
      end = () => reject(signal?.reason);
      signal?.addEventListener('abort', end, { once: true });
      if (this.#timeoutMs !== Number.POSITIVE_INFINITY) {
        timer = setTimeout(() => reject(timeoutError(this.#timeoutMs)), Math.max(0, this.#endsAt - performance.now()));
      }
    });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      signal?.removeEventListener('abort', end);
      clearTimeout(timer);
    }
  }
}

/**
 * Does `work` for each item, at most `most` at a time. After a failure nothing new is begun; what runs is
 * waited for, then the first failure is thrown.
 */
export async function forEachBounded<Item>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  let failure: unknown;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      try {
        await work(items[next++] as Item);
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  if (failed) throw failure;
}
