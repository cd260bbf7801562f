// One runtime per thread.

import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline } from '../../support/deadline.ts';
import { perform } from '../../support/operations.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startWorker } from '../../support/worker.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const thread = (how: string): ReturnType<typeof startWorker> =>
  startWorker(`./children/thread.${extension}`, import.meta.url, {
    workerData: { how, directory: temporaryDirectory() },
  });

test('a thread has settings of its own', async () => {
  await perform('noop');
  const worker = thread('settings');
  // Before its message is awaited: Node delivers what an ended worker has sent together with its end.
  const ended = once(worker, 'exit');
  const [maxInFlight] = await deadline(once(worker, 'message'), 'the worker');
  assert.is(maxInFlight, 3);
  assert.is.not(runtime.settings.maxInFlight, 3);
  const [code] = await deadline(ended, 'the end of the worker');
  assert.is(code, 0);
});

test('threads work at the same time, and this one with them', async () => {
  const workers = Array.from({ length: 4 }, () => thread('work'));
  const sums = Promise.all(workers.map((worker) => once(worker, 'message').then(([sum]) => sum)));
  const ends = Promise.all(workers.map((worker) => once(worker, 'exit')));
  for (let round = 0; round < 100; round++) await Promise.all(Array.from({ length: 50 }, () => perform('noop')));
  assert.equal(await deadline(sums, 'the workers'), [10_000, 10_000, 10_000, 10_000]);
  await deadline(ends, 'their ends');
});

for (const how of ['pending', 'pool']) {
  const testOf = how === 'pool' ? onlyOnLinux('a call of the pool that does not come back') : test;
  testOf(`a thread is terminated with operations pending (${how}), and this one works on`, async () => {
    const worker = thread(how);
    await deadline(once(worker, 'message'), 'the worker');
    await deadline(worker.terminate(), 'its termination');
    assert.is(await perform('noop'), 0);
    assert.is(runtime.counts().inFlight, 0);
  });
}

test.run();
