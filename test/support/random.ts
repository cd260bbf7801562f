// Random numbers that can be repeated: the seed is printed, and RESCIND_TEST_SEED sets it.

/** A generator of numbers in [0, 1): xorshift32. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed = Number(process.env.RESCIND_TEST_SEED ?? 0) || (Math.random() * 0x7fffffff) | 1) {
    this.seed = seed;
    this.#state = seed | 0 || 1;
  }

  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 4294967296;
  }

  /** An integer from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }
}
