// What every file, socket and watcher has in common: a descriptor, the operations pending on it, and a
// close that is structured: cancel what is pending, wait for it, then close.
//
// A call that uses two handles (a file sent through a socket) has its operations on one of them at a time. Both lend it
// their descriptor, so that closing either ends the call:
//
//            lend(cancel)                 close(): cancel(), once
//     open ───────────────► lent ──────────────────────────────────► ending
//      ▲                     │                                         │
//      └──── returned ◄──────┴────────── the call has settled ◄────────┘
//
// lent, ending: the descriptor stays open; close() waits for all that is lent as for what is pending.

import { systemErrorByCode } from '../errors.ts';
import { Operation } from '../wire/operations.ts';
import { defineKind } from './operation.ts';
import type { Runtime } from './runtime.ts';
import { Cause, type Slot } from './slot.ts';

const close = defineKind<void, undefined>({
  name: 'handleClose',
  operation: Operation.handleClose,
  syscall: 'close',
  memory: 'none',
  complete: () => undefined,
});

export class Handle {
  readonly runtime: Runtime;
  #descriptor: number;
  #referenced = true;
  #closing: Promise<void> | null = null;
  #whenIdle: (() => void) | null = null;
  /** Operations with the kernel, staged or waiting; the detached ones among them. */
  #pending = 0;
  #detached = 0;
  /** What ends each call the descriptor is lent to. */
  #loans: Set<() => void> | null = null;
  head: Slot | null = null;

  constructor(runtime: Runtime, descriptor: number) {
    this.runtime = runtime;
    this.#descriptor = descriptor;
  }

  /** The descriptor, -1 from the moment close() is called. */
  get descriptor(): number {
    return this.#closing === null ? this.#descriptor : -1;
  }

  get closing(): boolean {
    return this.#closing !== null;
  }

  get referenced(): boolean {
    return this.#referenced;
  }

  /** Operations pending on this handle. */
  get pending(): number {
    return this.#pending;
  }

  /** Lets pending operations keep the process alive (the default). */
  ref(): void {
    this.#setReferenced(true);
  }

  /** Lets the process end although operations are pending. */
  unref(): void {
    this.#setReferenced(false);
  }

  #setReferenced(referenced: boolean): void {
    if (this.#referenced === referenced) return;
    this.#referenced = referenced;
    for (let slot = this.head; slot !== null; slot = slot.ownerNext) this.runtime.setReferenced(slot, referenced);
  }

  /** EBADF, for an operation on a closed handle. */
  closedError(syscall: string): Error {
    return systemErrorByCode('EBADF', syscall);
  }

  add(slot: Slot): void {
    slot.owner = this;
    slot.ownerPrevious = null;
    slot.ownerNext = this.head;
    if (this.head !== null) this.head.ownerPrevious = slot;
    this.head = slot;
    this.#pending++;
  }

  remove(slot: Slot): void {
    const { ownerNext, ownerPrevious } = slot;
    if (ownerPrevious === null) this.head = ownerNext;
    else ownerPrevious.ownerNext = ownerNext;
    if (ownerNext !== null) ownerNext.ownerPrevious = ownerPrevious;
    slot.owner = slot.ownerNext = slot.ownerPrevious = null;
    this.#pending--;
    if (slot.detached) this.#detached--;
    if (this.#whenIdle !== null) this.#whenIdle();
  }

  /** The runtime has told the caller of one of our operations before the kernel was done. */
  noteDetached(): void {
    this.#detached++;
    if (this.#whenIdle !== null) this.#whenIdle();
  }

  /**
   * Lends the descriptor to a call that may have its operations on another handle, until the function this returns is
   * called. A close() in the meantime calls `cancel`, once and never from inside this, and waits. The handle must not be
   * closing.
   */
  lend(cancel: () => void): () => void {
    if (this.#closing !== null) throw new Error('a handle that is closing lends nothing');
    this.#loans ??= new Set();
    const loans = this.#loans;
    // One function may be given several times.
    const loan = (): void => cancel();
    loans.add(loan);
    return () => {
      if (loans.delete(loan) && this.#whenIdle !== null) this.#whenIdle();
    };
  }

  /**
   * Cancels what is pending, waits for it, closes. Calling it again returns the same promise. When all that is
   * left are operations whose callers were told already (detached), the descriptor is closed behind their
   * completion and the promise does not wait for that.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes once nothing is pending: what is left of a handle whose holder was collected. */
  abandon(): void {
    this.#until(() => this.#pending === 0 && !this.#isLent).then(() => this.close().catch(() => {}));
  }

  get #isLent(): boolean {
    return this.#loans !== null && this.#loans.size > 0;
  }

  async #close(): Promise<void> {
    // The caller's own turn first: `closing` must be visible before a pending operation is told.
    await undefined;
    const descriptor = this.#descriptor;
    // Who awaits the close of a handle that was unref()ed must see it settle before the process ends.
    this.ref();
    this.runtime.cancelAll(this, Cause.close);
    if (this.#loans !== null) for (const cancel of [...this.#loans]) cancel();
    if (this.#pending > this.#detached || this.#isLent) {
      await this.#until(() => this.#pending === this.#detached && !this.#isLent);
    }
    if (this.#pending === 0) {
      await this.runtime.start(close, undefined, null, undefined, descriptor);
      return;
    }
    this.#until(() => this.#pending === 0).then(() =>
      this.runtime.start(close, undefined, null, undefined, descriptor).catch(() => {
        // Nobody is left to tell; the descriptor is gone whatever close() answers.
      }),
    );
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle = () => {
        if (!condition()) return;
        this.#whenIdle = null;
        resolve();
      };
      this.#whenIdle();
    });
  }
}

/** Closes a descriptor nobody waits for any more, off the JS thread: closing may block on a dead mount. */
export function closeOrphan(runtime: Runtime, descriptor: number): void {
  runtime.start(close, undefined, null, undefined, descriptor).catch(() => {
    // Nobody is left to tell; the descriptor is gone whatever close() answers.
  });
}

const leaked = new FinalizationRegistry<Handle>((handle) => {
  if (handle.closing) return;
  process.emitWarning(`Closing a handle (descriptor ${handle.descriptor}) that was collected without close()`, {
    type: 'RescindWarning',
    code: 'RESCIND_HANDLE_COLLECTED',
  });
  handle.abandon();
});

/** Has the handle closed, with a warning, when `holder` is collected without a close(). */
export function guard(holder: object, handle: Handle): void {
  leaked.register(holder, handle, handle);
}

/** Ends the guard of a handle that was closed or given away. */
export function unguard(handle: Handle): void {
  leaked.unregister(handle);
}
