// Calls that wait in JavaScript for their turn, first come first served. Nothing has happened to them yet:
// an abort or a deadline takes one out at once.

import { performance } from 'node:perf_hooks';
import { timeoutError } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { longestMs } from '../runtime/options.ts';
import { refusal } from '../runtime/refusal.ts';

/** A call in a line; `resolve` and `reject` settle the promise it returned. */
export class Waiter<Value> {
  readonly line: Line<Value>;
  readonly options: OperationOptions | undefined;
  /** Node's word for the call, for the error it gets when its handle is closed. */
  readonly syscall: string;
  /** What the call does when it is its turn; null when it is handed its value. */
  readonly begin: ((options: OperationOptions | undefined) => Promise<Value>) | null;
  resolve!: (value: Value | Promise<Value>) => void;
  reject!: (reason: unknown) => void;
  timer: NodeJS.Timeout | null = null;
  endsAt = Number.POSITIVE_INFINITY;
  previous: Waiter<Value> | null = null;
  next: Waiter<Value> | null = null;

  constructor(
    line: Line<Value>,
    options: OperationOptions | undefined,
    syscall: string,
    begin: ((options: OperationOptions | undefined) => Promise<Value>) | null,
  ) {
    this.line = line;
    this.options = options;
    this.syscall = syscall;
    this.begin = begin;
  }

  /** Does what the call asked for, with what is left of its deadline. The waiter has left the line. */
  start(): void {
    const begin = this.begin as (options: OperationOptions | undefined) => Promise<Value>;
    try {
      this.resolve(this.timer === null ? begin(this.options) : this.#startWithDeadline(begin));
    } catch (error) {
      this.reject(error);
    }
  }

  async #startWithDeadline(begin: (options: OperationOptions | undefined) => Promise<Value>): Promise<Value> {
    // At least a little: zero would reject before the system is asked.
    const timeoutMs = Math.max(this.endsAt - performance.now(), 0.001);
    try {
      return await begin({ ...this.options, timeoutMs });
    } catch (error) {
      const ofRest = error instanceof DOMException && error.name === 'TimeoutError';
      throw ofRest && error !== this.options?.signal?.reason ? timeoutError(this.options?.timeoutMs as number) : error;
    }
  }
}

export class Line<Value> {
  readonly #becameEmpty: (() => void) | undefined;
  #head: Waiter<Value> | null = null;
  #tail: Waiter<Value> | null = null;
  #size = 0;

  constructor(becameEmpty?: () => void) {
    this.#becameEmpty = becameEmpty;
  }

  get size(): number {
    return this.#size;
  }

  /** Joins the end of the line. Throws for wrong options; rejects when the call has ended before it began. */
  join(
    options: OperationOptions | undefined,
    syscall: string,
    begin: ((options: OperationOptions | undefined) => Promise<Value>) | null,
  ): Promise<Value> {
    const refused = refusal(options);
    if (refused !== null) return refused;
    const waiter = new Waiter(this, options, syscall, begin);
    const promise = new Promise<Value>((resolve, reject) => {
      waiter.resolve = resolve;
      waiter.reject = reject;
    });
    if (this.#tail === null) this.#head = waiter;
    else this.#tail.next = waiter;
    waiter.previous = this.#tail;
    this.#tail = waiter;
    this.#size++;
    const timeoutMs = options?.timeoutMs;
    if (timeoutMs !== undefined && timeoutMs <= longestMs) {
      waiter.endsAt = performance.now() + timeoutMs;
      // The operation the line waits behind keeps the process alive, if anything should.
      waiter.timer = setTimeout(() => this.#takeOut(waiter, timeoutError(timeoutMs)), timeoutMs).unref();
    }
    if (options?.signal !== undefined) watch(options.signal, waiter);
    return promise;
  }

  /** The first, taken out of the line. */
  shift(): Waiter<Value> | undefined {
    const waiter = this.#head;
    if (waiter === null) return undefined;
    this.remove(waiter);
    return waiter;
  }

  remove(waiter: Waiter<Value>): void {
    if (waiter.previous === null) this.#head = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === null) this.#tail = waiter.previous;
    else waiter.next.previous = waiter.previous;
    waiter.next = waiter.previous = null;
    if (waiter.timer !== null) clearTimeout(waiter.timer);
    if (waiter.options?.signal !== undefined) unwatch(waiter.options.signal, waiter);
    if (--this.#size === 0) this.#becameEmpty?.();
  }

  /** Rejects the call that is to do `begin`, if it is still in the line. */
  reject(begin: Waiter<Value>['begin'], reason: unknown): void {
    for (let waiter = this.#head; waiter !== null; waiter = waiter.next) {
      if (waiter.begin !== begin) continue;
      this.#takeOut(waiter, reason);
      return;
    }
  }

  /** Empties the line; each call is rejected with what `reason` makes for it. */
  rejectAll(reason: (syscall: string) => unknown): void {
    for (let waiter = this.shift(); waiter !== undefined; waiter = this.shift()) waiter.reject(reason(waiter.syscall));
  }

  #takeOut(waiter: Waiter<Value>, reason: unknown): void {
    this.remove(waiter);
    waiter.reject(reason);
  }
}

// One listener per signal, however many calls wait with it.
interface Watch {
  waiters: Set<Waiter<never>>;
  abort: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

function watch<Value>(signal: AbortSignal, waiter: Waiter<Value>): void {
  let found = watches.get(signal);
  if (found === undefined) {
    const made: Watch = { waiters: new Set(), abort: () => abort(signal, made) };
    watches.set(signal, made);
    found = made;
  }
  if (found.waiters.size === 0) signal.addEventListener('abort', found.abort, { once: true });
  found.waiters.add(waiter as unknown as Waiter<never>);
}

function unwatch<Value>(signal: AbortSignal, waiter: Waiter<Value>): void {
  const found = watches.get(signal);
  if (found === undefined || !found.waiters.delete(waiter as unknown as Waiter<never>)) return;
  if (found.waiters.size === 0) signal.removeEventListener('abort', found.abort);
}

function abort(signal: AbortSignal, { waiters }: Watch): void {
  for (const waiter of waiters) {
    waiter.line.remove(waiter);
    waiter.reject(signal.reason);
  }
}
