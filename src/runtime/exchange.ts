// The memory both sides share: descriptors and cancel requests on their way out, completions on their way in,
// and the one call that exchanges them.

import { binding } from '../binding.ts';
import * as layout from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import type { AnyKind } from './operation.ts';
import { Payload } from './payload.ts';
import type { Settings } from './settings.ts';
import { type Slot, SlotState } from './slot.ts';

const { Field, WideField, CompletionField, CompletionFlag, Control } = layout;

// The addon's exports are a dictionary to the engine: looked up once.
const { attemptRead, tick } = binding;

export class Exchange {
  readonly #submission = new Int32Array(layout.submissionEntries * layout.descriptorInts);
  readonly #submissionWide = new Float64Array(this.#submission.buffer);
  readonly #cancel = new Int32Array(layout.cancelEntries * layout.cancelInts);
  readonly #completion = new Int32Array(layout.completionEntries * layout.completionInts);
  readonly #staging = Buffer.from(new ArrayBuffer(layout.stagingBytes));
  readonly #payloadMemory = new ArrayBuffer(layout.payloadBytes);
  readonly #control = new Int32Array(layout.controlEntries);
  // Never shortened: an array that is emptied loses its memory and grows anew every tick.
  readonly #staged: (Slot | null)[] = new Array<Slot | null>(layout.submissionEntries).fill(null);
  #stagedCount = 0;
  #stagingUsed = 0;
  #cancels = 0;
  #referenced = 0;

  // The completion read() has put here.
  slot = 0;
  generation = 0;
  result = 0;
  flags = 0;
  /** The system's own number for an error, 0 where it is the result. */
  native = 0;
  readonly payload = new Payload(this.#payloadMemory);

  /** Opens the pump. `deliver` is called from the event loop with completions to read. */
  open(settings: Settings, deliver: () => void): void {
    const control = this.#control;
    control[Control.settingEntries] = settings.entries;
    control[Control.settingCompletionEntries] = settings.completionEntries;
    control[Control.settingBudgetMicroseconds] = settings.budgetMicroseconds;
    control[Control.settingBudgetOperations] = settings.budgetOperations;
    control[Control.settingPoolThreads] = settings.poolThreads;
    control[Control.settingAllowUring] = settings.uring === 'off' ? 0 : 1;
    binding.open(
      deliver,
      this.#submission.buffer,
      this.#cancel.buffer,
      this.#completion.buffer,
      this.#staging.buffer as ArrayBuffer,
      this.#payloadMemory,
      control.buffer,
    );
  }

  /** Descriptors in the block, with those taken back. */
  get staged(): number {
    return this.#stagedCount;
  }

  /** Whether a descriptor with these bytes fits before the next tick(). */
  hasRoom(bytes: string | Uint8Array | null): boolean {
    if (this.#stagedCount === layout.submissionEntries) return false;
    return bytes === null || this.#stagingUsed + mostBytes(bytes) <= layout.stagingBytes;
  }

  /** There must be room. */
  put(
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
    const position = this.#stagedCount;
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
    words[at + Field.bytesOffset] = this.#stagingUsed;
    words[at + Field.bytesLength] = bytes === null ? 0 : this.#putBytes(bytes);
    this.#submissionWide[wide + WideField.address] = address;
    this.#submissionWide[wide + WideField.offset] = offset;
    this.#submissionWide[wide + WideField.timeoutMs] = timeoutMs;
    slot.position = position;
    slot.state = SlotState.staged;
    this.#staged[position] = slot;
    this.#stagedCount++;
  }

  #putBytes(bytes: string | Uint8Array): number {
    const offset = this.#stagingUsed;
    let length = bytes.length;
    if (typeof bytes === 'string') length = this.#staging.write(bytes, offset, 'utf8');
    else this.#staging.set(bytes, offset);
    // Addresses and lengths among the bytes are read in place: every start is on eight bytes.
    this.#stagingUsed = (offset + length + 7) & ~7;
    return length;
  }

  /**
   * Reads from a position at once, if memory answers all of it: the bytes, or a negated errno (see
   * Control.readResult). Nothing may be staged.
   */
  attemptRead(handle: number, length: number, address: number, offset: number): number {
    const words = this.#submission;
    words[Field.handle] = handle;
    words[Field.length] = length;
    this.#submissionWide[WideField.address] = address;
    this.#submissionWide[WideField.offset] = offset;
    attemptRead();
    return this.#control[Control.readResult] as number;
  }

  /** Takes a staged descriptor back. */
  withdraw(slot: Slot): void {
    this.#submission[slot.position * layout.descriptorInts + Field.operation] = Operation.skip;
  }

  get hasRoomForCancel(): boolean {
    return this.#cancels < layout.cancelEntries;
  }

  /** There must be room. */
  putCancel(slot: Slot, flags: number): void {
    const at = this.#cancels++ * layout.cancelInts;
    this.#cancel[at] = slot.index;
    this.#cancel[at + 1] = slot.generation;
    this.#cancel[at + 2] = flags;
  }

  /** Whether a tick would do anything. */
  hasWork(referenced: number): boolean {
    return (
      this.#stagedCount > 0 ||
      this.#cancels > 0 ||
      this.#control[Control.completionsLeft] !== 0 ||
      referenced > 0 !== this.#referenced > 0
    );
  }

  /**
   * Submits and cancels what is staged, and reads completions into their block: none (0), within the budget of
   * this turn of the event loop (1), or whatever is there (2). Returns how many operations went to the kernel.
   */
  tick(mayDeliver: 0 | 1 | 2, referenced: number): number {
    const control = this.#control;
    control[Control.descriptorCount] = this.#stagedCount;
    control[Control.cancelCount] = this.#cancels;
    control[Control.referenced] = referenced;
    control[Control.mayDeliver] = mayDeliver;
    const flying = this.#markFlying();
    this.#cancels = 0;
    this.#stagingUsed = 0;
    this.#referenced = referenced;
    tick();
    return flying;
  }

  // A slot that was withdrawn and taken again in the same tick is in the list twice, and staged once.
  #markFlying(): number {
    let flying = 0;
    for (let position = 0; position < this.#stagedCount; position++) {
      const slot = this.#staged[position] as Slot;
      if (slot.state !== SlotState.staged) continue;
      slot.state = SlotState.flying;
      flying++;
    }
    this.#stagedCount = 0;
    return flying;
  }

  /** Whether the last tick left completions for another. */
  get completionsLeft(): boolean {
    return this.#control[Control.completionsLeft] !== 0;
  }

  /** Takes the number of completions to read(). */
  takeCount(): number {
    const count = this.#control[Control.completionCount] as number;
    this.#control[Control.completionCount] = 0;
    return count;
  }

  /** Reads one completion into the fields above; its payload is valid until the next is read. */
  read(index: number): void {
    const words = this.#completion;
    const at = index * layout.completionInts;
    this.slot = words[at + CompletionField.slot] as number;
    this.generation = words[at + CompletionField.generation] as number;
    this.result = words[at + CompletionField.result] as number;
    const flags = words[at + CompletionField.flags] as number;
    this.flags = flags;
    this.native = words[at + CompletionField.native] as number;
    const payloadOffset = words[at + CompletionField.payloadOffset] as number;
    if ((flags & CompletionFlag.payloadHeld) !== 0) this.payload.setHeld(binding.takePayload(payloadOffset));
    else this.payload.set(payloadOffset, words[at + CompletionField.payloadLength] as number);
  }
}

function mostBytes(bytes: string | Uint8Array): number {
  return typeof bytes === 'string' ? bytes.length * 3 : bytes.byteLength;
}
