// What a completion carries besides its result. Valid only while the completion is settled: copy what
// must live longer.

import { Buffer } from 'node:buffer';

export class Payload {
  readonly #blockBuffer: Buffer;
  readonly #blockWords: DataView;
  #buffer: Buffer;
  #words: DataView;
  offset = 0;
  length = 0;

  constructor(memory: ArrayBuffer) {
    this.#blockBuffer = this.#buffer = Buffer.from(memory);
    this.#blockWords = this.#words = new DataView(memory);
  }

  /** Points at bytes of the shared block. */
  set(offset: number, length: number): void {
    this.#buffer = this.#blockBuffer;
    this.#words = this.#blockWords;
    this.offset = offset;
    this.length = length;
  }

  /** Points at a payload that has memory of its own. */
  setHeld(memory: Uint8Array): void {
    this.#buffer = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
    this.#words = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    this.offset = 0;
    this.length = memory.byteLength;
  }

  /** The 64-bit unsigned integer at index `index` as a number; exact up to 2^53 - 1. */
  uint64(index: number): number {
    const at = this.offset + index * 8;
    return this.#words.getUint32(at, true) + this.#words.getUint32(at + 4, true) * 4294967296;
  }

  /** The same, signed. */
  int64(index: number): number {
    const at = this.offset + index * 8;
    return this.#words.getUint32(at, true) + this.#words.getInt32(at + 4, true) * 4294967296;
  }

  bigint64(index: number): bigint {
    return this.#words.getBigInt64(this.offset + index * 8, true);
  }

  biguint64(index: number): bigint {
    return this.#words.getBigUint64(this.offset + index * 8, true);
  }

  /** The 32-bit signed integer at byte offset `at`. */
  int32(at: number): number {
    return this.#words.getInt32(this.offset + at, true);
  }

  byte(at: number): number {
    return this.#words.getUint8(this.offset + at);
  }

  /** A copy of the bytes from `from` to `to`. */
  copy(from = 0, to = this.length): Buffer {
    return Buffer.from(this.#buffer.subarray(this.offset + from, this.offset + to));
  }

  /** The bytes themselves, valid during the settling call only. */
  view(from = 0, to = this.length): Buffer {
    return this.#buffer.subarray(this.offset + from, this.offset + to);
  }
}
