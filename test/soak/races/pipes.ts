// Races on named pipes.

import * as assert from 'uvu/assert';
import { closeNow } from '../../support/descriptors.ts';
import { Pipe } from '../../support/fifo.ts';
import { start } from '../../support/operations.ts';
import type { Random } from '../../support/random.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { NumberReader, NumberWriter } from '../numbers.ts';
import { race, type Tally } from '../race.ts';

const directory = temporaryDirectory();

export async function pipeReadRaces(random: Random, tally: Tally, rounds: number): Promise<void> {
  const pipe = new Pipe(directory);
  const writer = new NumberWriter();
  const reader = new NumberReader();
  for (let round = 0; round < rounds; round++) {
    const view = new Uint8Array(1 + random.below(96));
    const value = await race(
      random,
      tally,
      (options) => start('fileRead', { on: pipe.descriptor, views: [view], offset: -1 }, options),
      () => void pipe.write(writer.take(1 + random.below(16))),
    );
    if (value !== null) reader.add(view.subarray(0, value));
    if (writer.bytes - reader.bytes > 4096) reader.add(pipe.drain());
  }
  reader.add(pipe.drain());
  assert.is(reader.bytes, writer.bytes, 'received what was sent');
  closeNow(pipe.descriptor);
  pipe.closePeer();
}

export async function pipeWriteRaces(random: Random, tally: Tally, rounds: number): Promise<void> {
  const pipe = new Pipe(directory);
  let toSkip = pipe.fill();
  const writer = new NumberWriter();
  const reader = new NumberReader();
  let sent = 0;
  const drain = (): void => {
    const bytes = pipe.drain();
    const skipped = Math.min(toSkip, bytes.byteLength);
    toSkip -= skipped;
    reader.add(bytes.subarray(skipped));
  };
  let left: Buffer = Buffer.alloc(0);
  for (let round = 0; round < rounds; round++) {
    if (left.byteLength === 0) left = writer.take(1 + random.below(8192));
    const piece = left;
    const value = await race(
      random,
      tally,
      (options) => start('fileWrite', { on: pipe.descriptor, views: [piece], offset: -1 }, options),
      drain,
    );
    if (value !== null) {
      sent += value;
      left = Buffer.from(left.subarray(value));
    }
  }
  drain();
  assert.is(reader.bytes, sent, 'received what was sent');
  closeNow(pipe.descriptor);
  pipe.closePeer();
}
