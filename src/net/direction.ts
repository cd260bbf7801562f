// One direction of a stream socket. The kernel is given one operation of a direction at a time: two at once
// would take bytes in an order nobody chose, and on Windows a cancelled receive cancels every other. The
// others wait here in a line.

import { closedWhilePending } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { Line } from './line.ts';

export class Direction {
  /** Whether a call has to wait: an operation is with the kernel, or somebody was here before. */
  taken = false;
  /** Whether an operation is with the runtime. */
  busy = false;
  #held = false;
  #nextScheduled = false;
  #line: Line<unknown> | null = null;

  /** Calls in the line. */
  get waiting(): number {
    return this.#line?.size ?? 0;
  }

  /** Whether one call has the direction between two of its operations. */
  get between(): boolean {
    return this.#held && !this.busy;
  }

  /** `begin` runs when everything before it is done. */
  wait<Value>(
    syscall: string,
    options: OperationOptions | undefined,
    begin: (options: OperationOptions | undefined) => Promise<Value>,
  ): Promise<Value> {
    this.#line ??= new Line();
    return this.#line.join(options, syscall, begin) as Promise<Value>;
  }

  /** Rejects the call that is to do `begin`, if it still waits. */
  reject(begin: (options: OperationOptions | undefined) => Promise<unknown>, reason: unknown): void {
    this.#line?.reject(begin, reason);
  }

  /** The runtime has taken an operation of this direction. */
  enter(): void {
    this.busy = true;
    this.taken = true;
  }

  /** The runtime is done with it. Its completion is told only after this, so the next begins a little later. */
  leave(): void {
    this.busy = false;
    this.#advance();
  }

  /** Keeps the others waiting between two operations of one call. */
  hold(): void {
    this.#held = true;
    this.taken = true;
  }

  letGo(): void {
    this.#held = false;
    this.#advance();
  }

  /** Rejects the calls in the line: their handle is being closed. */
  close(): void {
    this.#line?.rejectAll(closedWhilePending);
  }

  #advance(): void {
    if (this.#held || this.busy || this.#nextScheduled) return;
    if (this.#line === null || this.#line.size === 0) {
      this.taken = false;
      return;
    }
    this.#nextScheduled = true;
    queueMicrotask(() => this.#next());
  }

  #next(): void {
    this.#nextScheduled = false;
    const line = this.#line as Line<unknown>;
    // A call that ends without an operation (its handle is closed) makes way for the one behind it.
    while (!this.busy && !this.#held && line.size > 0) line.shift()?.start();
    if (!this.busy && !this.#held) this.taken = false;
  }
}
