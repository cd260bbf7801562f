// One listener per AbortSignal however many operations share it, and behind it a list of their slots.

import { addAbortListener } from 'node:events';
import type { Slot } from './slot.ts';

/** The pending operations of one signal. */
export class SignalOperations {
  readonly signal: AbortSignal;
  /** The signal's reason from its abort on; asking the signal for every operation of thousands takes its time. */
  reason: unknown = undefined;
  head: Slot | null = null;
  #listening: Disposable | null = null;
  readonly #onAbort: () => void;

  constructor(signal: AbortSignal, abort: (operations: SignalOperations) => void) {
    this.signal = signal;
    this.#onAbort = () => {
      this.#listening = null;
      this.reason = signal.reason;
      abort(this);
    };
  }

  add(slot: Slot): void {
    slot.signal = this;
    slot.signalPrevious = null;
    slot.signalNext = this.head;
    if (this.head !== null) this.head.signalPrevious = slot;
    this.head = slot;
    // Not addEventListener(): another listener that stops the propagation of the event would keep it from us.
    this.#listening ??= addAbortListener(this.signal, this.#onAbort);
  }

  remove(slot: Slot): void {
    const { signalNext, signalPrevious } = slot;
    if (signalPrevious === null) this.head = signalNext;
    else signalPrevious.signalNext = signalNext;
    if (signalNext !== null) signalNext.signalPrevious = signalPrevious;
    slot.signal = slot.signalNext = slot.signalPrevious = null;
  }

  /** Takes the listener off a signal without operations. */
  release(): void {
    if (this.head !== null || this.#listening === null) return;
    this.#listening[Symbol.dispose]();
    this.#listening = null;
  }
}

/** The signals that have operations, of one runtime. */
export class Signals {
  readonly #known = new WeakMap<AbortSignal, SignalOperations>();
  readonly #abort: (operations: SignalOperations) => void;
  #last: SignalOperations | null = null;
  #idle: SignalOperations[] = [];

  constructor(abort: (operations: SignalOperations) => void) {
    this.#abort = abort;
  }

  /** The signal must have been checked. */
  of(signal: AbortSignal): SignalOperations {
    if (this.#last !== null && this.#last.signal === signal) return this.#last;
    let operations = this.#known.get(signal);
    if (operations === undefined) {
      operations = new SignalOperations(signal, this.#abort);
      this.#known.set(signal, operations);
    }
    this.#last = operations;
    return operations;
  }

  remove(operations: SignalOperations, slot: Slot): void {
    operations.remove(slot);
    // A loop that awaits one operation after another with one signal would add and remove the listener each
    // time: it comes off when the continuations of this batch have run and none has used the signal again.
    if (operations.head === null) this.#idle.push(operations);
  }

  /** Takes the listeners off the signals whose last operation has settled. */
  releaseIdle(): void {
    if (this.#idle.length === 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const operations of idle) {
      operations.release();
      if (operations.head === null && this.#last === operations) this.#last = null;
    }
  }
}
