// A worker thread ends with operations pending, in every way a thread can end: nothing hangs, nothing
// leaks, nothing crashes, and the other threads' runtimes do not notice.

import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uringSettings } from '../support/backends.ts';
import { deadline, pause } from '../support/deadline.ts';
import { assertSameDescriptors, closeNow, openDescriptors } from '../support/descriptors.ts';
import { Pipe } from '../support/fifo.ts';
import { hangingPath } from '../support/hanging-opens.ts';
import { perform } from '../support/operations.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { warmRuntime } from '../support/warm.ts';
import { startWorker, warmWorkers } from '../support/worker.ts';
import type { Orders } from './children/pending-worker.ts';

const directory = temporaryDirectory();
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const file = `./children/pending-worker.${extension}`;

const nothing: Omit<Orders, 'uring' | 'then'> = { timers: 0, opens: [], reads: [], detached: [] };

// What a thread costs once and keeps is not counted: one has run before.
async function before(): Promise<Map<number, string>> {
  await warmRuntime();
  await warmWorkers(file, import.meta.url);
  return openDescriptors();
}

for (const uring of uringSettings) {
  test(`terminate() ends a worker with 1,000 operations pending (uring ${uring})`, async () => {
    const open = await before();
    for (let round = 0; round < 3; round++) {
      const pipes = [new Pipe(directory), new Pipe(directory)];
      const hanging = [hangingPath(directory), hangingPath(directory)];
      const workerData: Orders = {
        uring,
        timers: 1000,
        opens: hanging.map(({ path }) => path),
        reads: pipes.map(({ descriptor }) => descriptor),
        detached: [],
        then: 'wait',
      };
      const worker = startWorker(file, import.meta.url, { workerData });
      await deadline(once(worker, 'message'), 'the worker to be pending');
      const noops = Array.from({ length: 100 }, () => perform('noop'));
      await deadline(worker.terminate(), 'terminate()');
      await deadline(Promise.all(noops), 'operations of the main thread');
      for (const one of hanging) one.close();
      for (const pipe of pipes) {
        // Nobody reads any more: what is written stays. A blocking call a thread of the pool has begun may not let
        // itself be taken back: it is let go here, and takes what it is given.
        pipe.write(Buffer.from('numbered'));
        await pause(5);
        const left = pipe.drain().toString();
        if (uring === 'auto' || left !== '') assert.is(left, 'numbered', 'what a read of an ended thread left');
        closeNow(pipe.descriptor);
        pipe.closePeer();
      }
    }
    await assertSameDescriptors(open, 'terminated workers');
  });

  test(`a worker ends by itself when what is pending is on unreferenced handles (uring ${uring})`, async () => {
    const open = await before();
    const pipe = new Pipe(directory);
    const workerData: Orders = { ...nothing, uring, reads: [pipe.descriptor], then: 'return' };
    const worker = startWorker(file, import.meta.url, { workerData });
    const [code] = await deadline(once(worker, 'exit'), 'the worker');
    assert.is(code, 0);
    closeNow(pipe.descriptor);
    pipe.closePeer();
    await assertSameDescriptors(open, 'an ended worker');
  });

  test(`process.exit() in a worker ends it with its code (uring ${uring})`, async () => {
    const open = await before();
    const hanging = hangingPath(directory);
    const workerData: Orders = { ...nothing, uring, timers: 1000, opens: [hanging.path], then: 'exit' };
    const worker = startWorker(file, import.meta.url, { workerData });
    const [code] = await deadline(once(worker, 'exit'), 'the worker');
    assert.is(code, 5);
    hanging.close();
    await assertSameDescriptors(open, 'an ended worker');
  });

  test(`an uncaught exception in a worker ends it (uring ${uring})`, async () => {
    const open = await before();
    const hanging = hangingPath(directory);
    const workerData: Orders = { ...nothing, uring, timers: 1000, opens: [hanging.path], then: 'throw' };
    const worker = startWorker(file, import.meta.url, { workerData });
    const [error] = await deadline(once(worker, 'error'), 'the error of the worker');
    assert.is((error as Error).message, 'on purpose');
    await deadline(worker.terminate(), 'terminate() of an ended worker');
    hanging.close();
    await assertSameDescriptors(open, 'an ended worker');
  });

  test(`terminate() in a storm of completions ends the worker (uring ${uring})`, async () => {
    const open = await before();
    for (let round = 0; round < 5; round++) {
      const workerData: Orders = { ...nothing, uring, timers: 10, then: 'storm' };
      const worker = startWorker(file, import.meta.url, { workerData });
      await deadline(once(worker, 'message'), 'the worker to be pending');
      await pause(round * 3);
      await deadline(worker.terminate(), 'terminate()');
    }
    await assertSameDescriptors(open, 'terminated workers');
  });
}

test('a worker that is terminated while it starts ends', async () => {
  const open = await before();
  for (let round = 0; round < 10; round++) {
    const worker = startWorker(file, import.meta.url, {
      workerData: { ...nothing, uring: 'auto', timers: 10, then: 'wait' },
    });
    await pause(round * 4);
    await deadline(worker.terminate(), 'terminate()');
  }
  // Node leaves the modules open that it was reading.
  await assertSameDescriptors(open, 'terminated workers', /\.m?[jt]s$/);
});

test.run();
