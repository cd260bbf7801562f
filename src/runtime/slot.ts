// One pending operation. Slots are used again and again; the generation tells uses apart, so that a late
// completion of an earlier use is recognised.

import type { Handle } from './handle.ts';
import type { AnyKind } from './operation.ts';
import type { SignalOperations } from './signals.ts';

/**
 * Where an operation is:
 *
 *     free → staged → flying → free          staged: in the submission block, not flushed yet
 *        ↘ waiting ↗                         waiting: more are pending than the kernel is given at a time
 *
 * Memory: the caller's while staged and waiting (an abort takes the slot straight back to free), the
 * kernel's while flying, until the terminal completion, also when the caller was told long before (detached).
 */
export const SlotState = { free: 0, staged: 1, waiting: 2, flying: 3 } as const;
export type SlotState = (typeof SlotState)[keyof typeof SlotState];

/** Who asked for the operation to end. */
export const Cause = { none: 0, abort: 1, deadline: 2, close: 3 } as const;
export type Cause = (typeof Cause)[keyof typeof Cause];

/** A descriptor kept in JavaScript until there is room for it. */
export interface WaitingDescriptor {
  slot: Slot | null;
  handle: number;
  length: number;
  address: number;
  offset: number;
  argument0: number;
  argument1: number;
  flags: number;
  bytes: string | Uint8Array | null;
  /** performance.now() at which the operation's deadline passes; 0 without one. */
  deadlineAt: number;
  timer: NodeJS.Timeout | null;
}

export class Slot {
  readonly index: number;
  generation = 1;
  state: SlotState = SlotState.free;
  cause: Cause = Cause.none;
  /** Whether the caller may be told before the kernel is done. */
  detachable = false;
  /** Whether the caller was told before the kernel was done. */
  detached = false;
  /** Whether it keeps the process alive. */
  referenced = false;
  timeoutMs = 0;
  detachAfterMs = 0;
  /** Index in the submission block while staged. */
  position = 0;
  kind: AnyKind | null = null;
  resource: unknown = undefined;
  resolve: ((value: unknown) => void) | null = null;
  reject: ((reason: unknown) => void) | null = null;
  waiting: WaitingDescriptor | null = null;
  /** Called when the kernel is done with the operation, for quiescent(). */
  quiescence: (() => void)[] | null = null;

  signal: SignalOperations | null = null;
  signalNext: Slot | null = null;
  signalPrevious: Slot | null = null;
  owner: Handle | null = null;
  ownerNext: Slot | null = null;
  ownerPrevious: Slot | null = null;

  constructor(index: number) {
    this.index = index;
  }
}
