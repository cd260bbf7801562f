// An environment ends while operations hang in a file system that does not answer: a thread's memory stays
// until the kernel is done with it, the answer that comes later finds nobody and harms nobody.

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runScript } from '../support/child.ts';
import { deadline, pause } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { whyNoFuse } from '../support/fuse.ts';
import { onHangingFiles } from '../support/hanging-files.ts';
import { perform } from '../support/operations.ts';
import { warmRuntime } from '../support/warm.ts';
import { startWorker, warmWorkers } from '../support/worker.ts';
import type { Orders } from './children/pending-worker.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const worker = `./children/pending-worker.${extension}`;
const missing = whyNoFuse();

if (missing === undefined) {
  for (const uring of ['auto', 'off'] as const) {
    onHangingFiles(`terminate() ends a worker whose opens hang (uring ${uring})`, async (files) => {
      await warmRuntime();
      await warmWorkers(worker, import.meta.url);
      const before = openDescriptors();
      const names = ['hang-open-1', 'hang-open-2', 'hang-open-3'].map((name) => files.path(name));
      const workerData: Orders = { uring, timers: 10, opens: [], reads: [], detached: names, then: 'wait' };
      const thread = startWorker(worker, import.meta.url, { workerData });
      const givenUp = once(thread, 'message');
      await files.untilHeld(3);
      thread.postMessage('give up');
      await deadline(givenUp, 'the worker to have given up its opens');
      // On io_uring the kernel lets a thread go only when the workers that served it are back, and terminate() joins the
      // thread: it waits for the answers, as Node does for its own calls. Threads of the pool are left behind.
      if (uring === 'auto') files.releaseAfter(2);
      await deadline(thread.terminate(), 'terminate()');
      if (uring === 'off') files.release();
      await pause(100);
      assert.is(await deadline(perform('noop'), 'an operation of the main thread'), 0);
      await assertSameDescriptors(before, 'opens that were answered after their thread had ended');
    });

    onHangingFiles(`a process that exits while operations hang ends when they do (uring ${uring})`, async (files) => {
      const names = ['hang-open', 'hang-read'].map((name) => files.path(name));
      const script = fileURLToPath(new URL(`./children/exit-hung.${extension}`, import.meta.url));
      const child = runScript(script, { arguments: [uring, ...names], withinMs: 25_000 });
      await files.untilHeld(2);
      // The kernel does not let a process go before its calls have returned, not even a killed one.
      await pause(1500);
      files.release();
      const { code, signal, stdout, stderr, hung } = await child;
      assert.not(hung, `hung: ${stdout}${stderr}`);
      assert.is(signal, null, stderr);
      assert.is(code, 7, stderr);
      assert.match(stdout, /exiting/);
    });
  }
} else {
  // Nothing can be mounted that does not answer, on Windows never.
  test.skip(`the end of an environment while operations hang: ${missing}`);
}

test.run();
