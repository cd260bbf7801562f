// The operations that wait for room, first come first served, each removable in constant time.

import type { WaitingDescriptor } from './slot.ts';

export class WaitingQueue {
  #entries: WaitingDescriptor[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(entry: WaitingDescriptor): void {
    this.#entries.push(entry);
    this.#size++;
  }

  shift(): WaitingDescriptor | undefined {
    while (this.#head < this.#entries.length) {
      const entry = this.#entries[this.#head++] as WaitingDescriptor;
      if (entry.slot === null) continue;
      this.#size--;
      this.#compact();
      return entry;
    }
    this.#compact();
    return undefined;
  }

  remove(entry: WaitingDescriptor): void {
    if (entry.slot === null) return;
    entry.slot = null;
    entry.bytes = null;
    this.#size--;
    this.#compact();
  }

  // Removed entries stay in the array until they are most of it: the work is paid for by as many removals.
  #compact(): void {
    const places = this.#entries.length - this.#head;
    if (this.#size === 0) {
      this.#entries = [];
      this.#head = 0;
    } else if (places > 1024 && places > this.#size * 2) {
      this.#entries = this.#entries.slice(this.#head).filter(({ slot }) => slot !== null);
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head > places) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
