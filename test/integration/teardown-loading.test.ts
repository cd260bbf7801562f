// A worker thread that is terminated while it loads the addon, or opens its runtime: every call of JavaScript fails
// there, nothing can be thrown any more, and the process goes on.

import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../src/binding.ts';
import { deadline, occupyThread } from '../support/deadline.ts';
import { Random } from '../support/random.ts';
import { projectRoot } from '../support/root.ts';
import { startWorker } from '../support/worker.ts';

// Under Wine a worker takes a second to load its modules.
const rounds = platform === 'win32' ? 20 : 200;
/** Loading, and the first operation, take a fraction of a millisecond once the thread is there. */
const withinMs = 2;

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
    occupyThread(random.next() * withinMs);
    await deadline(worker.terminate(), 'terminate()');
  }
  assert.ok(loaded < rounds, 'none was terminated before it had loaded the addon');
});

test(`workers terminated while they open their runtime end (seed ${random.seed})`, async () => {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  let read = 0;
  for (let round = 0; round < rounds; round++) {
    const worker = startWorker(`./children/reading-worker.${extension}`, import.meta.url);
    assert.equal(await once(worker, 'message'), ['loaded']);
    worker.on('message', () => read++);
    occupyThread(random.next() * (withinMs / 2));
    await deadline(worker.terminate(), 'terminate()');
  }
  assert.ok(read < rounds, 'none was terminated before its first read was done');
});

test.run();
