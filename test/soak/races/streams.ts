// Races on connected stream sockets.

import * as assert from 'uvu/assert';
import { hungAfterMs, pause } from '../../support/deadline.ts';
import { closeNow } from '../../support/descriptors.ts';
import { start } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import type { Random } from '../../support/random.ts';
import { drainSocket, type Family, fillSocket, streamPair } from '../../support/sockets.ts';
import { NumberReader, NumberWriter } from '../numbers.ts';
import { race, type Tally } from '../race.ts';

const noSignal = 0x4000; // MSG_NOSIGNAL

export async function receiveRaces(random: Random, tally: Tally, family: Family, rounds: number): Promise<void> {
  const [ours, theirs] = await streamPair(family);
  const writer = new NumberWriter();
  const reader = new NumberReader();
  for (let round = 0; round < rounds; round++) {
    const view = new Uint8Array(1 + random.below(96));
    const value = await race(
      random,
      tally,
      (options) => start('socketReceive', { on: ours, views: [view] }, options),
      () => void outside.write(theirs, writer.take(1 + random.below(16))),
    );
    if (value !== null) reader.add(view.subarray(0, value));
    // What is not read piles up; a full buffer would block the peer.
    if (writer.bytes - reader.bytes > 4096) for (const part of await drainSocket(ours)) reader.add(part);
  }
  // The last small pieces may wait at the sender for the acknowledgement of those before them, 40 ms and more.
  for (const end = performance.now() + hungAfterMs; reader.bytes < writer.bytes && performance.now() < end; ) {
    for (const part of await drainSocket(ours)) reader.add(part);
    await pause(1);
  }
  assert.is(reader.bytes, writer.bytes, 'received what was sent');
  closeNow(ours);
  closeNow(theirs);
}

export async function sendRaces(random: Random, tally: Tally, family: Family, rounds: number): Promise<void> {
  const [ours, theirs] = await streamPair(family);
  const filled = await fillSocket(ours, 4096);
  let toSkip = filled;
  const writer = new NumberWriter();
  const reader = new NumberReader();
  let sent = 0;
  let received = 0;
  const take = (bytes: number): void => {
    const part = Buffer.allocUnsafeSlow(bytes);
    const got = outside.read(theirs, part);
    received += got;
    const skipped = Math.min(toSkip, got);
    toSkip -= skipped;
    reader.add(part.subarray(skipped, got));
  };
  let left: Buffer = Buffer.alloc(0);
  for (let round = 0; round < rounds; round++) {
    if (left.byteLength === 0) left = writer.take(1 + random.below(2048));
    const piece = left;
    const value = await race(
      random,
      tally,
      (options) => start('socketSend', { on: ours, views: [piece], argument0: noSignal }, options),
      // Only what must be there already, so that this cannot block.
      () => {
        if (filled + sent > received) take(Math.min(filled + sent - received, 1 + random.below(16384)));
      },
    );
    if (value !== null) {
      sent += value;
      left = Buffer.from(left.subarray(value));
    }
  }
  while (received < filled + sent) take(filled + sent - received);
  assert.equal(await drainSocket(theirs), [], 'nothing more than was sent');
  assert.is(reader.bytes, sent, 'received what was sent');
  closeNow(ours);
  closeNow(theirs);
}
