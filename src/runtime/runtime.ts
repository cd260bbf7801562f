// The runtime of one JavaScript environment: takes operations, flushes them to the native side once per
// tick, and settles each promise from its own terminal completion.

import { performance } from 'node:perf_hooks';
import { closedWhilePending, systemError, timeoutError } from '../errors.ts';
import { CancelFlag, CompletionFlag, DescriptorFlag } from '../wire/layout.ts';
import { Attempts } from './attempts.ts';
import { Detaching } from './detaching.ts';
import { Exchange } from './exchange.ts';
import type { Handle } from './handle.ts';
import { Limits } from './limits.ts';
import type { AnyKind, OperationKind, OperationOptions } from './operation.ts';
import { lends, untilQuiescent } from './quiescence.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { type SignalOperations, Signals } from './signals.ts';
import { Cause, Slot, SlotState, type WaitingDescriptor } from './slot.ts';
import { WaitingQueue } from './waiting.ts';

// The executor of every promise: leaves the functions where start() picks them up, so that no closure is
// made per operation.
let capturedResolve: (value: unknown) => void;
let capturedReject: (reason: unknown) => void;
function capture(resolve: (value: unknown) => void, reject: (reason: unknown) => void): void {
  capturedResolve = resolve;
  capturedReject = reject;
}

type Settle = (value: unknown) => void;

const settled = Promise.resolve();

/** Operations on a device that are submitted together. */
const deviceBatch = 2;

/** What 24 bits of a completion's id hold. */
const mostSlots = 2 ** 24;

export class Runtime {
  readonly #signals = new Signals((operations) => this.#abort(operations));
  readonly #slots: Slot[] = [];
  readonly #free: Slot[] = [];
  readonly #limits = new Limits();
  readonly #waiting = new WaitingQueue();
  readonly #exchange = new Exchange();
  readonly #attempts = new Attempts();
  readonly #detaching = new Detaching(
    () => this.#collect(),
    (slot) => this.#detach(slot),
    () => this.#needFlush(),
  );
  readonly #flush = (): void => this.#flushTick();
  #settings: Settings = defaultSettings;
  #opened = false;
  #flushScheduled = false;
  #referenced = 0;
  #flying = 0;
  #detached = 0;
  #cancelled = 0;
  #withdrawn = 0;

  /** Settings for the pump; only before the first operation. */
  configure(settings: Partial<Settings>): void {
    if (this.#opened) throw new Error('configure() must come before the first operation of this thread');
    this.#settings = { ...this.#settings, ...settings };
  }

  get settings(): Readonly<Settings> {
    return this.#settings;
  }

  get opened(): boolean {
    return this.#opened;
  }

  /** Opens the pump, once; the first operation does. */
  open(): void {
    if (this.#opened) return;
    this.#exchange.open(this.#settings, () => this.#settle());
    this.#opened = true;
  }

  /** Numbers of this side; the native side has its own. */
  counts(): { inFlight: number; queued: number; detached: number; cancelled: number; withdrawn: number } {
    return {
      inFlight: this.#flying + this.#exchange.staged,
      queued: this.#waiting.size,
      detached: this.#detached,
      cancelled: this.#cancelled,
      withdrawn: this.#withdrawn,
    };
  }

  /**
   * Starts an operation. What the arguments from `handle` on mean is said beside the operation in
   * native/wire/ops.def; memory at `address` must be that of `kind.memoryOf(resource)`.
   *
   * @param resource kept until the kernel is done, and given to the kind's functions
   * @param owner the handle the operation is on: close() on it cancels the operation
   */
  start<Value, Resource>(
    kind: OperationKind<Value, Resource>,
    resource: Resource,
    owner: Handle | null,
    options: OperationOptions | undefined,
    handle = -1,
    length = 0,
    address = 0,
    offset = 0,
    argument0 = 0,
    argument1 = 0,
    bytes: string | Uint8Array | null = null,
    flags: number = DescriptorFlag.none,
  ): Promise<Value> {
    const limits = this.#limits;
    limits.read(options, kind.memory, this.#settings.detachAfterMs);
    if (limits.signal?.aborted) return Promise.reject(limits.signal.reason);
    if (owner?.closing) return Promise.reject(owner.closedError(kind.syscall));
    if (limits.timeoutMs < 0) return Promise.reject(timeoutError(0));
    if (kind.channel.hasSubscribers) {
      const context = { operation: kind.name, handle, length, offset };
      const begin = (): Promise<Value> => {
        // A subscriber may have started other operations in between.
        limits.read(options, kind.memory, this.#settings.detachAfterMs);
        // biome-ignore format: one line for what start() was given
        return this.#begin(kind, resource, owner, handle, length, address, offset, argument0, argument1, bytes, flags);
      };
      return kind.channel.tracePromise(begin, context) as Promise<Value>;
    }
    // biome-ignore format: one line for what start() was given
    return this.#begin(kind, resource, owner, handle, length, address, offset, argument0, argument1, bytes, flags);
  }

  #begin<Value, Resource>(
    kind: OperationKind<Value, Resource>,
    resource: Resource,
    owner: Handle | null,
    handle: number,
    length: number,
    address: number,
    offset: number,
    argument0: number,
    argument1: number,
    bytes: string | Uint8Array | null,
    flags: number,
  ): Promise<Value> {
    if (!this.#opened) this.open();
    if ((flags & DescriptorFlag.tryInline) !== 0 && offset >= 0) {
      // Not while something asked for earlier is still to be submitted: a read keeps its place behind it.
      if (this.#exchange.staged === 0 && this.#waiting.size === 0 && this.#attempts.isDue()) {
        const result = this.#exchange.attemptRead(handle, length, address, offset);
        this.#attempts.note(result);
        if (result >= 0) return this.#answered(kind, resource, result);
      }
      flags &= ~DescriptorFlag.tryInline;
    }
    const { signal, timeoutMs } = this.#limits;
    const slot = this.#free.pop() ?? this.#newSlot();
    const promise = new Promise(capture as never) as Promise<Value>;
    slot.kind = kind;
    slot.resource = resource;
    slot.resolve = capturedResolve;
    slot.reject = capturedReject;
    slot.timeoutMs = timeoutMs;
    slot.detachable = this.#limits.detachable;
    slot.detachAfterMs = this.#limits.detachAfterMs;
    if (owner !== null) {
      owner.add(slot);
      flags |= DescriptorFlag.ofHandle;
    }
    if (owner === null || owner.referenced) {
      slot.referenced = true;
      this.#referenced++;
    }
    if (signal !== undefined) this.#signals.of(signal).add(slot);
    if (signal !== undefined || timeoutMs > 0) flags |= DescriptorFlag.abortable;
    if (this.#waiting.size === 0 && this.#hasRoom()) {
      this.#stage(slot, handle, length, address, offset, argument0, argument1, flags, bytes, timeoutMs);
    } else {
      this.#wait(slot, handle, length, address, offset, argument0, argument1, flags, bytes);
    }
    return promise;
  }

  #answered<Value, Resource>(kind: OperationKind<Value, Resource>, resource: Resource, result: number): Promise<Value> {
    try {
      return Promise.resolve(kind.complete(result, resource, this.#exchange.payload));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #hasRoom(): boolean {
    return this.#flying + this.#exchange.staged < this.#settings.maxInFlight;
  }

  #newSlot(): Slot {
    if (this.#slots.length === mostSlots) throw new Error(`more than ${mostSlots} operations are pending`);
    const slot = new Slot(this.#slots.length);
    this.#slots.push(slot);
    return slot;
  }

  #stage(
    slot: Slot,
    handle: number,
    length: number,
    address: number,
    offset: number,
    argument0: number,
    argument1: number,
    flags: number,
    bytes: string | Uint8Array | null,
    timeoutMs: number,
  ): void {
    if (!this.#exchange.hasRoom(bytes)) this.#submitOnly();
    this.#exchange.put(slot, handle, length, address, offset, argument0, argument1, flags, bytes, timeoutMs);
    // A device works while we go on: it is given its first operations before the end of the tick.
    if ((flags & DescriptorFlag.directDevice) !== 0 && this.#exchange.staged >= deviceBatch) this.#submitOnly();
    this.#needFlush();
  }

  #wait(
    slot: Slot,
    handle: number,
    length: number,
    address: number,
    offset: number,
    argument0: number,
    argument1: number,
    flags: number,
    bytes: string | Uint8Array | null,
  ): void {
    const deadlineAt = slot.timeoutMs > 0 ? performance.now() + slot.timeoutMs : 0;
    const waiting: WaitingDescriptor = {
      slot,
      handle,
      length,
      address,
      offset,
      argument0,
      argument1,
      flags,
      bytes,
      deadlineAt,
      timer: null,
    };
    if (deadlineAt > 0) {
      // Unreferenced: the operation itself keeps the process alive, or does not.
      waiting.timer = setTimeout(() => this.#withdraw(slot, timeoutError(slot.timeoutMs)), slot.timeoutMs).unref();
    }
    slot.waiting = waiting;
    slot.state = SlotState.waiting;
    this.#waiting.push(waiting);
    this.#needFlush();
  }

  #needFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    settled.then(this.#flush);
  }

  // Gives the staged operations to the kernel without delivering anything, from inside a caller's call.
  #submitOnly(): void {
    this.#flying += this.#exchange.tick(0, this.#referenced);
  }

  #flushTick(): void {
    this.#flushScheduled = false;
    this.#detaching.endTick();
    this.#signals.releaseIdle();
    this.#stageWaiting();
    this.#attempts.noteBatch(this.#exchange.staged);
    if (!this.#exchange.hasWork(this.#referenced)) return;
    this.#flying += this.#exchange.tick(1, this.#referenced);
    this.#settle();
    // When all that was staged had been taken back there is room, and no completion will come to tell of it.
    if (this.#waiting.size > 0 && this.#hasRoom()) this.#needFlush();
  }

  #stageWaiting(): void {
    while (this.#waiting.size > 0 && this.#hasRoom()) {
      const waiting = this.#waiting.shift() as WaitingDescriptor;
      const slot = waiting.slot as Slot;
      slot.waiting = null;
      let timeoutMs = 0;
      if (waiting.timer !== null) {
        clearTimeout(waiting.timer);
        // At least a little: zero would mean no deadline.
        timeoutMs = Math.max(waiting.deadlineAt - performance.now(), 0.001);
      }
      this.#stage(
        slot,
        waiting.handle,
        waiting.length,
        waiting.address,
        waiting.offset,
        waiting.argument0,
        waiting.argument1,
        waiting.flags,
        waiting.bytes,
        timeoutMs,
      );
    }
  }

  // Settles all that is complete, whatever the budget of this turn says.
  #collect(): void {
    do {
      this.#flying += this.#exchange.tick(2, this.#referenced);
      this.#settle();
    } while (this.#exchange.completionsLeft);
  }

  // Settles what is in the completion block.
  #settle(): void {
    const exchange = this.#exchange;
    const count = exchange.takeCount();
    if (count === 0) return;
    for (let index = 0; index < count; index++) {
      exchange.read(index);
      const slot = this.#slots[exchange.slot] as Slot;
      if (slot.generation !== exchange.generation) continue;
      try {
        if ((exchange.flags & CompletionFlag.terminal) !== 0) this.#finish(slot, exchange.result, exchange.flags);
        else this.#progress(slot, exchange.result, exchange.flags);
      } catch (error) {
        // A mistake in a kind must be seen, and must not cost the completions behind it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    // Scheduled last, so that it runs behind the continuations: it submits what they start, and otherwise tells
    // the native side that nothing keeps the process alive any more.
    this.#needFlush();
  }

  // A completion that is not the last of its operation.
  #progress(slot: Slot, result: number, flags: number): void {
    const kind = slot.kind as AnyKind;
    if ((flags & CompletionFlag.deadline) !== 0) {
      if (slot.cause === Cause.none) slot.cause = Cause.deadline;
      this.#detaching.arm(slot);
      return;
    }
    if (result < 0) return;
    if (slot.detached) kind.orphan?.(result, slot.resource, this.#exchange.payload);
    else kind.next?.(result, slot.resource, this.#exchange.payload);
  }

  #finish(slot: Slot, result: number, flags: number): void {
    const kind = slot.kind as AnyKind;
    const { resource, resolve, reject, detached, quiescence } = slot;
    const reason = (flags & CompletionFlag.cancelled) !== 0 ? this.#reason(slot) : undefined;
    this.#flying--;
    this.#release(slot);
    if (quiescence !== null) for (const tell of quiescence) tell();
    if (detached) {
      this.#detached--;
      if (result >= 0) kind.orphan?.(result, resource, this.#exchange.payload);
      return;
    }
    try {
      if (result >= 0) (resolve as Settle)(kind.complete(result, resource, this.#exchange.payload));
      else if ((flags & CompletionFlag.cancelled) === 0) this.#fail(kind, resource, result, resolve, reject);
      else {
        this.#cancelled++;
        (reject as Settle)(reason);
      }
    } catch (error) {
      (reject as Settle)(error);
    }
  }

  #fail(kind: AnyKind, resource: unknown, errno: number, resolve: Settle | null, reject: Settle | null): void {
    const { native } = this.#exchange;
    const value = kind.recover?.(errno, resource, native);
    if (value !== undefined) (resolve as Settle)(value);
    else (reject as Settle)(systemError(errno, kind.syscall, kind.fields?.(resource), native));
  }

  #reason(slot: Slot): unknown {
    switch (slot.cause) {
      case Cause.abort:
        return slot.signal?.reason;
      case Cause.close:
        return closedWhilePending((slot.kind as AnyKind).syscall);
      case Cause.deadline:
      case Cause.none:
        return timeoutError(slot.timeoutMs);
    }
  }

  #release(slot: Slot): void {
    if (slot.signal !== null) this.#signals.remove(slot.signal, slot);
    if (slot.owner !== null) slot.owner.remove(slot);
    if (slot.referenced) {
      slot.referenced = false;
      this.#referenced--;
    }
    slot.state = SlotState.free;
    slot.generation = (slot.generation + 1) | 0;
    slot.cause = Cause.none;
    slot.detached = false;
    slot.kind = slot.resolve = slot.reject = slot.quiescence = null;
    slot.resource = undefined;
    this.#free.push(slot);
  }

  #abort(operations: SignalOperations): void {
    const { reason } = operations;
    for (let slot = operations.head; slot !== null; ) {
      const next = slot.signalNext;
      if (slot.state === SlotState.flying) this.#requestCancel(slot, Cause.abort, CancelFlag.none);
      else this.#withdraw(slot, reason);
      slot = next;
    }
  }

  // Takes back an operation the kernel has not seen.
  #withdraw(slot: Slot, reason: unknown): void {
    const reject = slot.reject as Settle;
    if (slot.state === SlotState.staged) {
      this.#exchange.withdraw(slot);
    } else {
      const waiting = slot.waiting as WaitingDescriptor;
      if (waiting.timer !== null) clearTimeout(waiting.timer);
      this.#waiting.remove(waiting);
      slot.waiting = null;
    }
    this.#withdrawn++;
    const { quiescence } = slot;
    this.#release(slot);
    if (quiescence !== null) for (const tell of quiescence) tell();
    this.#needFlush();
    reject(reason);
  }

  #requestCancel(slot: Slot, cause: Cause, flags: number): void {
    if (slot.cause === Cause.none || slot.cause === Cause.deadline) slot.cause = cause;
    if (!this.#exchange.hasRoomForCancel) this.#submitOnly();
    this.#exchange.putCancel(slot, flags);
    this.#needFlush();
    this.#detaching.arm(slot);
  }

  // Tells the caller of an operation the kernel has not confirmed; the slot stays taken until it does.
  #detach(slot: Slot): void {
    if (slot.state !== SlotState.flying) return;
    const reject = slot.reject as Settle;
    const reason = this.#reason(slot);
    slot.detached = true;
    this.#detached++;
    this.#cancelled++;
    slot.resolve = slot.reject = null;
    if (slot.signal !== null) this.#signals.remove(slot.signal, slot);
    if (slot.referenced) {
      slot.referenced = false;
      this.#referenced--;
    }
    if (slot.owner !== null) slot.owner.noteDetached();
    reject(reason);
  }

  /** Cancels what a handle has pending, all or that of one resource; the promises settle by their completions. */
  cancelAll(owner: Handle, cause: Cause, resource?: object): void {
    const flags = resource === undefined ? CancelFlag.wholeDescriptor : CancelFlag.none;
    for (let slot = owner.head; slot !== null; ) {
      const next = slot.ownerNext;
      if (resource === undefined || slot.resource === resource) this.#cancel(slot, cause, flags);
      slot = next;
    }
  }

  #cancel(slot: Slot, cause: Cause, flags: number): void {
    if (slot.state === SlotState.flying) this.#requestCancel(slot, cause, flags);
    else this.#withdraw(slot, closedWhilePending((slot.kind as AnyKind).syscall));
  }

  /** Whether an operation keeps the process alive. */
  setReferenced(slot: Slot, referenced: boolean): void {
    if (slot.referenced === referenced || slot.detached) return;
    slot.referenced = referenced;
    this.#referenced += referenced ? 1 : -1;
    if (this.#opened) this.#needFlush();
  }

  /** Resolves when no operation lends `buffer` to the kernel, now or as soon as its turn comes. */
  async quiescent(buffer: ArrayBufferLike): Promise<void> {
    await Promise.all(this.#slots.filter((slot) => lends(slot, buffer)).map(untilQuiescent));
  }
}

/** The runtime of this thread. */
export const runtime: Runtime = new Runtime();
