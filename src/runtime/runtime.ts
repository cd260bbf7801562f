// The runtime of one JavaScript environment: takes operations, flushes them to the native side once per
// tick, and settles each promise from its own terminal completion.

import { performance } from 'node:perf_hooks';
import { type Binding, binding } from '../binding.ts';
import { closedWhilePending, invalidType, systemError, timeoutError } from '../errors.ts';
import * as layout from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import type { Handle } from './handle.ts';
import type { AnyKind, OperationKind, OperationOptions } from './operation.ts';
import { checkDetach, checkMilliseconds, checkSignal, longestMs } from './options.ts';
import { Payload } from './payload.ts';
import { type Settings, defaultSettings } from './settings.ts';
import { type SignalOperations, Signals } from './signals.ts';
import { Cause, Slot, SlotState, type WaitingDescriptor } from './slot.ts';
import { WaitingQueue } from './waiting.ts';

const { Field, WideField, DescriptorFlag, CompletionField, CompletionFlag, Control } = layout;

// The executor of every promise: leaves the functions where start() picks them up, so that no closure is
// made per operation.
let capturedResolve: (value: unknown) => void;
let capturedReject: (reason: unknown) => void;
function capture(resolve: (value: unknown) => void, reject: (reason: unknown) => void): void {
  capturedResolve = resolve;
  capturedReject = reject;
}

const settled = Promise.resolve();

interface DetachBatch {
  slots: Slot[];
  generations: number[];
}

export class Runtime {
  readonly #binding: Binding = binding;
  readonly #signals = new Signals((operations) => this.#abort(operations));
  readonly #slots: Slot[] = [];
  readonly #free: Slot[] = [];
  readonly #waiting = new WaitingQueue();
  readonly #submission = new Int32Array(layout.submissionEntries * layout.descriptorInts);
  readonly #submissionWide = new Float64Array(this.#submission.buffer);
  readonly #cancel = new Int32Array(layout.cancelEntries * layout.cancelInts);
  readonly #completion = new Int32Array(layout.completionEntries * layout.completionInts);
  readonly #staging = Buffer.from(new ArrayBuffer(layout.stagingBytes));
  readonly #payloadMemory = new ArrayBuffer(layout.payloadBytes);
  readonly #payload = new Payload(this.#payloadMemory);
  readonly #control = new Int32Array(layout.controlEntries);
  readonly #flush = (): void => this.#flushTick();
  #settings: Settings = defaultSettings;
  #opened = false;
  #flushScheduled = false;
  #descriptors = 0;
  #cancels = 0;
  #stagingUsed = 0;
  #referenced = 0;
  #referencedNative = 0;
  #flying = 0;
  #detachBatches: Map<number, DetachBatch> | null = null;

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
    const { buffer } = this.#staging;
    this.#binding.open(
      {
        submission: this.#submission.buffer,
        cancel: this.#cancel.buffer,
        completion: this.#completion.buffer,
        staging: buffer as ArrayBuffer,
        payload: this.#payloadMemory,
        control: this.#control.buffer,
      },
      this.#settings,
      () => this.#settle(),
    );
    this.#opened = true;
  }

  /** Numbers of this side; the native side has its own. */
  counts(): { inFlight: number; queued: number; detached: number; cancelled: number; withdrawn: number } {
    return {
      inFlight: this.#flying + this.#descriptors,
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
    let signal: AbortSignal | undefined;
    let timeoutMs = 0;
    let detachable = kind.memory !== 'caller';
    let detachAfterMs = this.#settings.detachAfterMs;
    if (options !== undefined) {
      if (typeof options !== 'object' || options === null) throw invalidType('options', 'of type object', options);
      signal = options.signal;
      if (signal !== undefined) checkSignal(signal);
      if (options.timeoutMs !== undefined) {
        checkMilliseconds(options.timeoutMs, 'options.timeoutMs');
        timeoutMs = options.timeoutMs;
        if (timeoutMs === 0) timeoutMs = -1;
        else if (timeoutMs > longestMs) timeoutMs = 0;
      }
      if (options.detach !== undefined) {
        checkDetach(options.detach);
        detachable ||= options.detach;
      }
      if (options.detachAfterMs !== undefined) {
        checkMilliseconds(options.detachAfterMs, 'options.detachAfterMs');
        detachAfterMs = options.detachAfterMs;
      }
      if (signal?.aborted) return Promise.reject(signal.reason);
    }
    if (owner?.closing) return Promise.reject(owner.closedError(kind.syscall));
    if (timeoutMs < 0) return Promise.reject(timeoutError(0));
    if (kind.channel.hasSubscribers) {
      const context = { operation: kind.name, handle, length, offset };
      return kind.channel.tracePromise(
        () =>
          this.#begin(kind, resource, owner, signal, timeoutMs, detachable, detachAfterMs, handle, length, address, offset, argument0, argument1, bytes, flags),
        context,
      ) as Promise<Value>;
    }
    return this.#begin(kind, resource, owner, signal, timeoutMs, detachable, detachAfterMs, handle, length, address, offset, argument0, argument1, bytes, flags);
  }

  #begin<Value, Resource>(
    kind: OperationKind<Value, Resource>,
    resource: Resource,
    owner: Handle | null,
    signal: AbortSignal | undefined,
    timeoutMs: number,
    detachable: boolean,
    detachAfterMs: number,
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
    const slot = this.#free.pop() ?? this.#newSlot();
    const promise = new Promise(capture as never) as Promise<Value>;
    slot.kind = kind;
    slot.resource = resource;
    slot.resolve = capturedResolve;
    slot.reject = capturedReject;
    slot.timeoutMs = timeoutMs;
    slot.detachable = detachable;
    slot.detachAfterMs = detachAfterMs;
    if (owner !== null) owner.add(slot);
    if (owner === null || owner.referenced) {
      slot.referenced = true;
      this.#referenced++;
    }
    if (signal !== undefined) this.#signals.of(signal).add(slot);
    if (this.#flying + this.#descriptors < this.#settings.maxInFlight && this.#waiting.size === 0) {
      this.#stage(slot, handle, length, address, offset, argument0, argument1, flags, bytes, timeoutMs);
    } else {
      this.#wait(slot, handle, length, address, offset, argument0, argument1, flags, bytes);
    }
    return promise;
  }

  #newSlot(): Slot {
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
    if (this.#descriptors === layout.submissionEntries) this.#submitOnly();
    let bytesOffset = 0;
    let bytesLength = 0;
    if (bytes !== null) {
      const room = typeof bytes === 'string' ? bytes.length * 3 : bytes.byteLength;
      if (this.#stagingUsed + room > layout.stagingBytes) this.#submitOnly();
      bytesOffset = this.#stagingUsed;
      if (typeof bytes === 'string') {
        bytesLength = this.#staging.write(bytes, bytesOffset, 'utf8');
      } else {
        this.#staging.set(bytes, bytesOffset);
        bytesLength = bytes.byteLength;
      }
      // Addresses and lengths among the bytes are read in place: keep every start on eight bytes.
      this.#stagingUsed = (bytesOffset + bytesLength + 7) & ~7;
    }
    const position = this.#descriptors++;
    const at = position * layout.descriptorInts;
    const wide = position * (layout.descriptorInts / 2);
    const words = this.#submission;
    words[at + Field.slot] = slot.index;
    words[at + Field.generation] = slot.generation;
    words[at + Field.operation] = (slot.kind as AnyKind).operation;
    words[at + Field.flags] = flags;
    words[at + Field.handle] = handle;
    words[at + Field.length] = length;
    words[at + Field.argument0] = argument0;
    words[at + Field.argument1] = argument1;
    words[at + Field.bytesOffset] = bytesOffset;
    words[at + Field.bytesLength] = bytesLength;
    this.#submissionWide[wide + WideField.address] = address;
    this.#submissionWide[wide + WideField.offset] = offset;
    this.#submissionWide[wide + WideField.timeoutMs] = timeoutMs;
    slot.position = position;
    slot.state = SlotState.staged;
    if (!this.#flushScheduled) this.#scheduleFlush();
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
    if (!this.#flushScheduled) this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    this.#flushScheduled = true;
    settled.then(this.#flush);
  }

  // Gives the staged operations to the kernel without delivering anything, from inside a caller's call.
  #submitOnly(): void {
    this.#exchange(0);
  }

  #exchange(mayDeliver: number): void {
    const control = this.#control;
    control[Control.descriptorCount] = this.#descriptors;
    control[Control.cancelCount] = this.#cancels;
    control[Control.referenced] = this.#referenced;
    control[Control.mayDeliver] = mayDeliver;
    this.#markFlying();
    this.#cancels = 0;
    this.#stagingUsed = 0;
    this.#referencedNative = this.#referenced;
    this.#binding.tick();
  }

  #markFlying(): void {
    const words = this.#submission;
    const count = this.#descriptors;
    for (let position = 0; position < count; position++) {
      const at = position * layout.descriptorInts;
      if (words[at + Field.operation] === Operation.skip) continue;
      (this.#slots[words[at + Field.slot] as number] as Slot).state = SlotState.flying;
      this.#flying++;
    }
    this.#descriptors = 0;
  }

  #flushTick(): void {
    this.#flushScheduled = false;
    this.#detachBatches = null;
    this.#signals.releaseIdle();
    this.#stageWaiting();
    if (this.#descriptors === 0 && this.#cancels === 0 && !this.#needsReference()) {
      if (this.#control[Control.completionsLeft] === 0) return;
    }
    this.#exchange(1);
    if ((this.#control[Control.completionCount] as number) > 0) this.#settle();
  }

  #needsReference(): boolean {
    return this.#referenced > 0 !== this.#referencedNative > 0;
  }

  #stageWaiting(): void {
    while (this.#waiting.size > 0 && this.#flying + this.#descriptors < this.#settings.maxInFlight) {
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

  // Settles what is in the completion block.
  #settle(): void {
    const words = this.#completion;
    const control = this.#control;
    const count = control[Control.completionCount] as number;
    control[Control.completionCount] = 0;
    for (let index = 0; index < count; index++) {
      const at = index * layout.completionInts;
      const slot = this.#slots[words[at + CompletionField.slot] as number] as Slot;
      if (slot.generation !== words[at + CompletionField.generation]) continue;
      const result = words[at + CompletionField.result] as number;
      const flags = words[at + CompletionField.flags] as number;
      if ((flags & CompletionFlag.payloadHeld) !== 0) {
        this.#payload.setHeld(this.#binding.takePayload(words[at + CompletionField.payloadOffset] as number));
      } else {
        this.#payload.set(
          words[at + CompletionField.payloadOffset] as number,
          words[at + CompletionField.payloadLength] as number,
        );
      }
      if ((flags & CompletionFlag.terminal) !== 0) this.#finish(slot, result, flags);
      else this.#progress(slot, result, flags);
    }
    // Scheduled last, so that it runs behind the continuations: it submits what they start, and otherwise tells
    // the native side that nothing keeps the process alive any more.
    if (!this.#flushScheduled) this.#scheduleFlush();
  }

  // A completion that is not the last of its operation.
  #progress(slot: Slot, result: number, flags: number): void {
    const kind = slot.kind as AnyKind;
    if ((flags & CompletionFlag.deadline) !== 0) {
      if (slot.cause === Cause.none) slot.cause = Cause.deadline;
      this.#armDetach(slot);
      return;
    }
    if (result < 0) return;
    if (slot.detached) kind.orphan?.(result, slot.resource, this.#payload);
    else kind.next?.(result, slot.resource, this.#payload);
  }

  #finish(slot: Slot, result: number, flags: number): void {
    const kind = slot.kind as AnyKind;
    const { resource, resolve, reject, cause, detached, quiescence, timeoutMs } = slot;
    const reason = (flags & CompletionFlag.cancelled) !== 0 ? this.#reason(slot) : undefined;
    this.#flying--;
    this.#release(slot);
    if (quiescence !== null) for (const tell of quiescence) tell();
    if (detached) {
      this.#detached--;
      if (result >= 0) kind.orphan?.(result, resource, this.#payload);
      return;
    }
    if (result >= 0) {
      let value: unknown;
      try {
        value = kind.complete(result, resource, this.#payload);
      } catch (error) {
        (reject as (reason: unknown) => void)(error);
        return;
      }
      (resolve as (value: unknown) => void)(value);
    } else if ((flags & CompletionFlag.cancelled) !== 0) {
      this.#cancelled++;
      (reject as (reason: unknown) => void)(cause === Cause.none ? timeoutError(timeoutMs) : reason);
    } else {
      const value = kind.recover?.(result, resource);
      if (value !== undefined) (resolve as (value: unknown) => void)(value);
      else (reject as (reason: unknown) => void)(systemError(result, kind.syscall, kind.fields?.(resource)));
    }
  }

  #reason(slot: Slot): unknown {
    switch (slot.cause) {
      case Cause.abort:
        return slot.signal?.signal.reason;
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
    const { reason } = operations.signal;
    for (let slot = operations.head; slot !== null; ) {
      const next = slot.signalNext;
      if (slot.state === SlotState.flying) this.#requestCancel(slot, Cause.abort);
      else this.#withdraw(slot, reason);
      slot = next;
    }
  }

  // Takes back an operation the kernel has not seen.
  #withdraw(slot: Slot, reason: unknown): void {
    const reject = slot.reject as (reason: unknown) => void;
    if (slot.state === SlotState.staged) {
      this.#submission[slot.position * layout.descriptorInts + Field.operation] = Operation.skip;
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
    if (!this.#flushScheduled) this.#scheduleFlush();
    reject(reason);
  }

  #requestCancel(slot: Slot, cause: Cause): void {
    if (slot.cause === Cause.none || slot.cause === Cause.deadline) slot.cause = cause;
    if (this.#cancels === layout.cancelEntries) this.#submitOnly();
    const at = this.#cancels++ * layout.cancelInts;
    this.#cancel[at] = slot.index;
    this.#cancel[at + 1] = slot.generation;
    if (!this.#flushScheduled) this.#scheduleFlush();
    this.#armDetach(slot);
  }

  // One timer per delay and tick, however many operations were aborted in it.
  #armDetach(slot: Slot): void {
    if (!slot.detachable || slot.detached || slot.detachAfterMs > longestMs) return;
    this.#detachBatches ??= new Map();
    let batch = this.#detachBatches.get(slot.detachAfterMs);
    if (batch === undefined) {
      const made: DetachBatch = { slots: [], generations: [] };
      batch = made;
      this.#detachBatches.set(slot.detachAfterMs, made);
      // Referenced only through the operations themselves: a pending one keeps the loop alive.
      setTimeout(() => this.#detach(made), slot.detachAfterMs).unref();
    }
    batch.slots.push(slot);
    batch.generations.push(slot.generation);
  }

  // Tells the callers of operations the kernel has not confirmed; the slots stay taken until it does.
  #detach({ slots, generations }: DetachBatch): void {
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index] as Slot;
      if (slot.generation !== generations[index] || slot.detached || slot.state !== SlotState.flying) continue;
      const reject = slot.reject as (reason: unknown) => void;
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
    if (!this.#flushScheduled) this.#scheduleFlush();
  }

  /** Cancels every operation of a handle; their promises settle by their completions. */
  cancelAll(owner: Handle, cause: Cause): void {
    for (let slot = owner.head; slot !== null; ) {
      const next = slot.ownerNext;
      if (slot.state === SlotState.flying) this.#requestCancel(slot, cause);
      else this.#withdraw(slot, closedWhilePending((slot.kind as AnyKind).syscall));
      slot = next;
    }
  }

  /** Whether an operation keeps the process alive. */
  setReferenced(slot: Slot, referenced: boolean): void {
    if (slot.referenced === referenced || slot.detached) return;
    slot.referenced = referenced;
    this.#referenced += referenced ? 1 : -1;
    if (this.#opened && !this.#flushScheduled) this.#scheduleFlush();
  }

  /** Resolves when no operation lends `buffer` to the kernel, now or as soon as its turn comes. */
  async quiescent(buffer: ArrayBufferLike): Promise<void> {
    const waits: Promise<void>[] = [];
    for (const slot of this.#slots) {
      if (slot.state === SlotState.free) continue;
      const kind = slot.kind as AnyKind;
      const memory = kind.memoryOf?.(slot.resource) ?? null;
      if (memory === null) continue;
      const views: readonly ArrayBufferView[] = ArrayBuffer.isView(memory) ? [memory] : memory;
      if (views.some((view) => view.buffer === buffer)) {
        waits.push(
          new Promise((resolve) => {
            slot.quiescence ??= [];
            slot.quiescence.push(resolve);
          }),
        );
      }
    }
    await Promise.all(waits);
  }
}

/** The runtime of this thread. */
export const runtime: Runtime = new Runtime();
