// Numbered messages of eight bytes: what was sent is compared with what operations received and what is left.

import * as assert from 'uvu/assert';
import type { Outcome } from './stage.ts';

export const messageBytes = 8;

export class Messages {
  #next = 1;
  readonly #sent: number[] = [];

  /** The next message to send. */
  make(): Buffer {
    const message = Buffer.alloc(messageBytes);
    message.writeDoubleLE(this.#next);
    this.#sent.push(this.#next++);
    return message;
  }

  /** Fails unless the resolved operations and what was left got every message, once. */
  assertAllReceived(outcomes: readonly Outcome[], left: Uint8Array): void {
    const received = numbersOf(left);
    for (const { resolved, value, trace } of outcomes) {
      if (resolved) received.push(...numbersOf(Buffer.concat(trace.views).subarray(0, value)));
    }
    received.sort((a, b) => a - b);
    assert.equal(received, this.#sent, 'messages received, by operations or later');
  }
}

function numbersOf(bytes: Uint8Array): number[] {
  assert.is(bytes.byteLength % messageBytes, 0, 'whole messages');
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers: number[] = [];
  for (let at = 0; at < bytes.byteLength; at += messageBytes) numbers.push(words.getFloat64(at, true));
  return numbers;
}

/** Fails unless exactly the bytes of the resolved operations came out behind the filling. */
export function assertAllSent(outcomes: readonly Outcome[], filled: number, out: number, ours: number): void {
  let moved = 0;
  for (const { resolved, value } of outcomes) if (resolved) moved += value;
  assert.is(ours, moved, 'bytes of operations that came out');
  assert.is(out, filled + moved, 'bytes that came out');
}
