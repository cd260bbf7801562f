// Which reads are attempted in the call. Not where many operations are submitted together, which shares their cost.
// Where memory keeps answering, all of them; where it does not, now and then one, since an attempt in vain costs a
// system call.

import { errnoOf } from '../errors.ts';

const notInMemory = errnoOf('EAGAIN');

/** Most reads between two attempts. */
const mostSkipped = 31;

/** Operations in one flush from which on the ring is the faster way. */
const largeBatch = 16;

export class Attempts {
  #misses = 0;
  #toSkip = 0;
  #largeBatch = false;

  /** Notes how many operations a flush submits. It has some also where all reads are attempted: each turn's share ends. */
  noteBatch(operations: number): void {
    this.#largeBatch = operations >= largeBatch;
  }

  /** Whether the next read is to be attempted. */
  isDue(): boolean {
    if (this.#largeBatch) return false;
    if (this.#toSkip === 0) return true;
    this.#toSkip--;
    return false;
  }

  /** Notes the result of an attempt: bytes or a negated errno. */
  note(result: number): void {
    if (result >= 0) this.#misses = 0;
    else if (result === notInMemory) this.#toSkip = this.#misses = Math.min(this.#misses * 2 + 1, mostSkipped);
  }
}
