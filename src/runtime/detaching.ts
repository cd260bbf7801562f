// The time an abort gives the kernel: one timer per delay and tick, however many operations were aborted in it.

import { longestMs } from './options.ts';
import type { Slot } from './slot.ts';

interface Batch {
  slots: Slot[];
  generations: number[];
}

export class Detaching {
  readonly #detach: (slot: Slot) => void;
  readonly #collect: () => void;
  readonly #settled: () => void;
  #batches: Map<number, Batch> | null = null;

  /**
   * @param collect called before a batch: settles what is complete
   * @param detach called for each operation whose time is over and that is still the same
   * @param settled called behind a batch of them
   */
  constructor(collect: () => void, detach: (slot: Slot) => void, settled: () => void) {
    this.#collect = collect;
    this.#detach = detach;
    this.#settled = settled;
  }

  /** Operations aborted from now on have timers of their own. */
  endTick(): void {
    this.#batches = null;
  }

  /** Begins the time of an operation that may be detached. */
  arm(slot: Slot): void {
    if (!slot.detachable || slot.detached || slot.detachAfterMs > longestMs) return;
    this.#batches ??= new Map();
    let batch = this.#batches.get(slot.detachAfterMs);
    if (batch === undefined) {
      const made: Batch = { slots: [], generations: [] };
      batch = made;
      this.#batches.set(slot.detachAfterMs, made);
      // Unreferenced: the operations themselves keep the process alive, or do not.
      setTimeout(() => this.#passed(made), slot.detachAfterMs).unref();
    }
    batch.slots.push(slot);
    batch.generations.push(slot.generation);
  }

  #passed({ slots, generations }: Batch): void {
    if (!slots.some((slot, index) => slot.generation === generations[index])) return;
    // On a thread that was busy the time is over before the answers that came in it were looked at.
    this.#collect();
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index] as Slot;
      if (slot.generation === generations[index] && !slot.detached) this.#detach(slot);
    }
    this.#settled();
  }
}
