// A worker thread that is terminated while it loads the addon: nothing can be thrown there any more, and the process
// goes on.

import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deadline, occupyThread } from '../support/deadline.ts';
import { Random } from '../support/random.ts';
import { projectRoot } from '../support/root.ts';

const rounds = 200;
/** Loading takes a fraction of a millisecond once the thread runs. */
const loadedWithinMs = 2;

const random = new Random();

test(`workers terminated while they load the addon end (seed ${random.seed})`, async () => {
  const addon = JSON.stringify(join(projectRoot, 'build/Release/rescind.node'));
  let loaded = 0;
  for (let round = 0; round < rounds; round++) {
    const worker = new Worker(`require(${addon}); require('node:worker_threads').parentPort.postMessage('loaded')`, {
      eval: true,
      execArgv: [],
    });
    worker.on('message', () => loaded++);
    await once(worker, 'online');
    occupyThread(random.next() * loadedWithinMs);
    await deadline(worker.terminate(), 'terminate()');
  }
  assert.ok(loaded < rounds, 'none was terminated before it had loaded the addon');
});

test.run();
