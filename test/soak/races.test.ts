// More than 20,000 races of cancellation against completion on sockets, pipes and files, with rings of two
// sizes. Numbered words go through the streams: what was sent is what was received, whoever won.

import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../src/binding.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { type Backend, onBackends, rings, threads, tinyRings } from '../support/backends.ts';
import { deadline, until } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { outside } from '../support/outside.ts';
import { Random } from '../support/random.ts';
import { Family } from '../support/sockets.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { warmRuntime } from '../support/warm.ts';
import { assertBothWon, emptyTally, type Tally } from './race.ts';
import { datagramRaces } from './races/datagrams.ts';
import { fileRaces } from './races/files.ts';
import { pipeReadRaces, pipeWriteRaces } from './races/pipes.ts';
import { receiveRaces, sendRaces } from './races/streams.ts';

const directory = temporaryDirectory();
const wholeMs = 100_000;
// On Windows one backend has all the races.
const factor = platform === 'win32' ? 2 : 1;

// Handles of threads and their locks, which stay: none per operation.
const mostNew = 60;

/** Runs `lanes` loops of races at the same time, so that they share ring, batches and queue. */
async function atOnce(lanes: number, loop: () => Promise<void>): Promise<void> {
  await deadline(Promise.all(Array.from({ length: lanes }, loop)), 'the races', wholeMs);
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
        const handles = outside.handleCount();
        const tally = emptyTally();
        await run(tally);
        assertBothWon(tally, title);
        await assertSameDescriptors(before, title);
        assert.ok(outside.handleCount() < handles + mostNew, `${outside.handleCount()} handles instead of ${handles}`);
        await until(() => runtime.counts().inFlight + runtime.counts().queued === 0, 'counts back to nothing');
      });
    }

    if (name !== threads.name) {
      races('receiving from TCP', (tally) => atOnce(6, () => receiveRaces(random, tally, Family.ipv4, 500 * factor)));
      races('sending to TCP', (tally) => atOnce(4, () => sendRaces(random, tally, Family.ipv4, 400 * factor)));
      races('receiving datagrams', (tally) => atOnce(6, () => datagramRaces(random, tally, 300 * factor)));
    }
    if (name !== threads.name && platform !== 'win32') {
      races('receiving from Unix', (tally) => atOnce(6, () => receiveRaces(random, tally, Family.unix, 300)));
      races('sending to Unix', (tally) => atOnce(4, () => sendRaces(random, tally, Family.unix, 300)));
    }
    const share = name === threads.name ? 0.2 : factor;
    races('reading from pipes', (tally) => atOnce(6, () => pipeReadRaces(random, tally, 400 * share)));
    races('writing to pipes', (tally) => atOnce(4, () => pipeWriteRaces(random, tally, 300 * share)));
    let files = 0;
    races('cached files', (tally) =>
      atOnce(6, () => fileRaces(random, tally, join(directory, `file-${files++}`), 0, 400 * share)),
    );
    if (constants.O_DIRECT !== undefined && opens(join(directory, 'probe'), constants.O_DIRECT)) {
      races('files past the cache', (tally) =>
        atOnce(6, () =>
          fileRaces(random, tally, join(directory, `direct-${files++}`), constants.O_DIRECT, 250 * share),
        ),
      );
    } else {
      console.log('files past the cache: not raced, the system refuses O_DIRECT');
    }
  },
  wholeMs * 2,
);
