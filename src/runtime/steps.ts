// A call made of several operations: all are given its one signal and what is left of its one deadline, and
// between them the call ends when either has ended it.

import { performance } from 'node:perf_hooks';
import { timeoutError } from '../errors.ts';
import type { MemoryOwner, OperationOptions } from './operation.ts';
import { checkLimits, longestMs } from './options.ts';
import { runtime } from './runtime.ts';

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

  /**
   * Runs an operation that finishes what the call has begun: no end of the call takes it back. Where the caller is told
   * `detachAfterMs` after an abort whatever the kernel does, so it is here.
   *
   * @param memory whose it is that the operation borrows
   */
  async finish<Value>(
    memory: MemoryOwner,
    begin: (options: OperationOptions | undefined) => Promise<Value>,
  ): Promise<Value> {
    const { detach, detachAfterMs = runtime.settings.detachAfterMs } = this.#options ?? {};
    const detachable = memory !== 'caller' || detach === true;
    if (!this.mayEnd || !detachable || detachAfterMs > longestMs) return begin(undefined);
    const late = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const forget = this.#onEnd((reason) => {
      timer ??= setTimeout(() => late.abort(reason), detachAfterMs).unref();
    });
    try {
      return await begin({ signal: late.signal, detach, detachAfterMs: 0 });
    } finally {
      forget();
      clearTimeout(timer);
    }
  }

  /** Waits for something that takes no signal, as long as the call goes on. */
  async attend<Value>(promise: Promise<Value>): Promise<Value> {
    if (!this.mayEnd) return promise;
    let forget: () => void = () => {};
    const ended = new Promise<never>((_, reject) => {
      forget = this.#onEnd(reject);
    });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      forget();
    }
  }

  /** Whether there is a signal or a deadline. */
  get mayEnd(): boolean {
    return this.#signal !== undefined || this.#timeoutMs !== Number.POSITIVE_INFINITY;
  }

  /** Tells why the call has ended, as soon as it has; calling what it returns ends that. */
  #onEnd(tell: (reason: unknown) => void): () => void {
    const signal = this.#signal;
    const aborted = (): void => tell(signal?.reason);
    if (signal?.aborted) aborted();
    signal?.addEventListener('abort', aborted, { once: true });
    let timer: NodeJS.Timeout | undefined;
    if (this.#timeoutMs !== Number.POSITIVE_INFINITY) {
      timer = setTimeout(() => tell(timeoutError(this.#timeoutMs)), Math.max(0, this.#endsAt - performance.now()));
    }
    return () => {
      signal?.removeEventListener('abort', aborted);
      clearTimeout(timer);
    };
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
