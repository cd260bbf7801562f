// Which reads are attempted in the call: where memory keeps answering, all of them; where it does not, now and then
// one, since an attempt in vain costs a system call.

import { errnoOf } from '../errors.ts';

const notInMemory = errnoOf('EAGAIN');

/** Most reads between two attempts. */
const mostSkipped = 31;

export class Attempts {
  #misses = 0;
  #toSkip = 0;

  /** Whether the next read is to be attempted. */
  isDue(): boolean {
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
