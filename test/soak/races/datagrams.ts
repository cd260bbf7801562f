// Races on datagram sockets.

import * as assert from 'uvu/assert';
import { hungAfterMs, pause } from '../../support/deadline.ts';
import { closeNow } from '../../support/descriptors.ts';
import { start } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import type { Random } from '../../support/random.ts';
import { datagramPair, drainSocket, Family } from '../../support/sockets.ts';
import { NumberReader, NumberWriter } from '../numbers.ts';
import { race, type Tally } from '../race.ts';

const mostWords = 16;

export async function datagramRaces(random: Random, tally: Tally, rounds: number): Promise<void> {
  const [ours, theirs] = await datagramPair(Family.ipv4);
  const writer = new NumberWriter();
  const reader = new NumberReader();
  const drain = async (): Promise<void> => {
    for (const part of await drainSocket(ours)) reader.add(part);
  };
  for (let round = 0; round < rounds; round++) {
    // Of a datagram what has no room is lost.
    const view = new Uint8Array(mostWords * 4);
    const value = await race(
      random,
      tally,
      (options) => start('socketReceiveMessage', { on: ours, views: [view] }, options),
      () => void outside.write(theirs, writer.take(1 + random.below(mostWords))),
    );
    if (value !== null) reader.add(view.subarray(0, value));
    // What is not read piles up, and what finds no room is lost.
    if (writer.bytes - reader.bytes > 4096) await drain();
  }
  for (const end = performance.now() + hungAfterMs; reader.bytes < writer.bytes && performance.now() < end; ) {
    await drain();
    await pause(1);
  }
  assert.is(reader.bytes, writer.bytes, 'received what was sent');
  closeNow(ours);
  closeNow(theirs);
}
