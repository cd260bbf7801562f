// More than 20,000 races of cancellation against completion on sockets, pipes and files, with rings of two
// sizes. Numbered words go through the streams: what was sent is what was received, whoever won.

import { closeSync, constants, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressOf } from '../../src/runtime/memory.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { type Backend, onBackends, rings, threads, tinyRings } from '../support/backends.ts';
import { deadline, hungAfterMs, pause, until } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { Pipe } from '../support/fifo.ts';
import { start } from '../support/operations.ts';
import { Random } from '../support/random.ts';
import { drainSocket, Family, fillSocket, streamPair } from '../support/sockets.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { warmRuntime } from '../support/warm.ts';
import { NumberReader, NumberWriter } from './numbers.ts';
import { assertBothWon, emptyTally, race, type Tally } from './race.ts';

const directory = temporaryDirectory();
const wholeMs = 100_000;
const noSignal = 0x4000; // MSG_NOSIGNAL

/** Runs `lanes` loops of races at the same time, so that they share ring, batches and queue. */
async function atOnce(lanes: number, loop: () => Promise<void>): Promise<void> {
  await deadline(Promise.all(Array.from({ length: lanes }, loop)), 'the races', wholeMs);
}

async function receiveRaces(random: Random, tally: Tally, family: Family, rounds: number): Promise<void> {
  const [ours, theirs] = await streamPair(family);
  const writer = new NumberWriter();
  const reader = new NumberReader();
  for (let round = 0; round < rounds; round++) {
    const view = new Uint8Array(1 + random.below(96));
    const value = await race(
      random,
      tally,
      (options) => start('socketReceive', { on: ours, views: [view] }, options),
      () => void writeSync(theirs, writer.take(1 + random.below(16))),
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
  closeSync(ours);
  closeSync(theirs);
}

async function sendRaces(random: Random, tally: Tally, family: Family, rounds: number): Promise<void> {
  const [ours, theirs] = await streamPair(family);
  const filled = await fillSocket(ours, 4096);
  let toSkip = filled;
  const writer = new NumberWriter();
  const reader = new NumberReader();
  let sent = 0;
  let received = 0;
  const take = (bytes: number): void => {
    const part = Buffer.allocUnsafeSlow(bytes);
    const got = readSync(theirs, part);
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
  closeSync(ours);
  closeSync(theirs);
}

async function pipeReadRaces(random: Random, tally: Tally, rounds: number): Promise<void> {
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
  closeSync(pipe.descriptor);
  pipe.closePeer();
}

async function pipeWriteRaces(random: Random, tally: Tally, rounds: number): Promise<void> {
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
  closeSync(pipe.descriptor);
  pipe.closePeer();
}

const blockBytes = 4096;
const blocks = 64;

// O_DIRECT wants memory that starts on a block.
function alignedBlock(): Uint8Array {
  const memory = new Uint8Array(blockBytes * 2);
  const over = addressOf(memory) % blockBytes;
  return memory.subarray(over === 0 ? 0 : blockBytes - over).subarray(0, blockBytes);
}

async function fileRaces(random: Random, tally: Tally, path: string, flags: number, rounds: number): Promise<void> {
  writeFileSync(path, Buffer.alloc(blockBytes * blocks));
  const descriptor = openSync(path, constants.O_RDWR | flags);
  const versions = new Uint32Array(blocks);
  const view = alignedBlock();
  const words = new Uint32Array(view.buffer, view.byteOffset, blockBytes / 4);
  for (let round = 0; round < rounds; round++) {
    const block = random.below(blocks);
    const version = versions[block] as number;
    const writes = random.below(2) === 0;
    words.fill(writes ? round + 1 : 0xffffffff);
    const value = await race(
      random,
      tally,
      (options) =>
        start(
          writes ? 'fileWrite' : 'fileRead',
          { on: descriptor, views: [view], offset: block * blockBytes },
          options,
        ),
      () => {},
    );
    if (writes) {
      if (value !== null) versions[block] = round + 1;
    } else {
      const expected = value === null ? 0xffffffff : version;
      assert.ok(
        words.every((word) => word === expected),
        `a read ${value === null ? 'taken back' : 'done'}, yet other bytes`,
      );
    }
    if (value !== null) assert.is(value, blockBytes);
  }
  for (let block = 0; block < blocks; block++) {
    readSync(descriptor, view, 0, blockBytes, block * blockBytes);
    assert.ok(
      words.every((word) => word === versions[block]),
      'the file holds what the resolved writes wrote',
    );
  }
  closeSync(descriptor);
}

function opens(path: string, flags: number): boolean {
  writeFileSync(path, '');
  try {
    closeSync(openSync(path, constants.O_RDWR | flags));
    return true;
  } catch {
    return false;
  }
}

onBackends(
  import.meta.url,
  [rings, tinyRings, threads],
  ({ settings, name }: Backend) => {
    runtime.configure(settings);
    const random = new Random();
    console.log(`seed ${random.seed}: RESCIND_TEST_SEED=${random.seed} repeats it`);

    function races(title: string, run: (tally: Tally) => Promise<void>): void {
      test(title, async () => {
        await warmRuntime();
        const before = openDescriptors();
        const tally = emptyTally();
        await run(tally);
        assertBothWon(tally, title);
        await assertSameDescriptors(before, title);
        await until(() => runtime.counts().inFlight + runtime.counts().queued === 0, 'counts back to nothing');
      });
    }

    if (name !== threads.name) {
      races('receiving from TCP', (tally) => atOnce(6, () => receiveRaces(random, tally, Family.ipv4, 500)));
      races('receiving from Unix', (tally) => atOnce(6, () => receiveRaces(random, tally, Family.unix, 300)));
      races('sending to TCP', (tally) => atOnce(4, () => sendRaces(random, tally, Family.ipv4, 400)));
      races('sending to Unix', (tally) => atOnce(4, () => sendRaces(random, tally, Family.unix, 300)));
    }
    const share = name === threads.name ? 0.2 : 1;
    races('reading from pipes', (tally) => atOnce(6, () => pipeReadRaces(random, tally, 400 * share)));
    races('writing to pipes', (tally) => atOnce(4, () => pipeWriteRaces(random, tally, 300 * share)));
    let files = 0;
    races('cached files', (tally) =>
      atOnce(6, () => fileRaces(random, tally, join(directory, `file-${files++}`), 0, 400 * share)),
    );
    if (opens(join(directory, 'probe'), constants.O_DIRECT)) {
      races('files past the cache', (tally) =>
        atOnce(6, () =>
          fileRaces(random, tally, join(directory, `direct-${files++}`), constants.O_DIRECT, 250 * share),
        ),
      );
    } else {
      console.log('files past the cache: not raced, the file system refuses O_DIRECT');
    }
  },
  wholeMs * 2,
);
