// A stream of numbered words: whoever reads it knows at once when one is missing, doubled or out of order.

import * as assert from 'uvu/assert';

/** Writes the words that follow each other. */
export class NumberWriter {
  #next = 0;

  /** Bytes given out so far. */
  get bytes(): number {
    return this.#next * 4;
  }

  take(words: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(words * 4);
    for (let word = 0; word < words; word++) bytes.writeUInt32LE(this.#next++, word * 4);
    return bytes;
  }
}

/** Reads them, in pieces of any length. */
export class NumberReader {
  #next = 0;
  #rest: Buffer = Buffer.alloc(0);

  /** Bytes seen so far. */
  get bytes(): number {
    return this.#next * 4 + this.#rest.byteLength;
  }

  add(piece: Uint8Array): void {
    const bytes = Buffer.concat([this.#rest, piece]);
    const whole = bytes.byteLength & ~3;
    for (let at = 0; at < whole; at += 4) {
      const word = bytes.readUInt32LE(at);
      if (word !== this.#next) assert.unreachable(`word ${this.#next} expected in the stream, not ${word}`);
      this.#next++;
    }
    this.#rest = Buffer.from(bytes.subarray(whole));
  }
}
