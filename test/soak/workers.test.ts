// Two hundred worker threads, each with a runtime of its own, come and go: nothing of them stays.

import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Orders } from '../integration/children/pending-worker.ts';
import { uringSettings } from '../support/backends.ts';
import { deadline } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { outside } from '../support/outside.ts';
import { warmRuntime } from '../support/warm.ts';
import { startWorker } from '../support/worker.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const file = `../integration/children/pending-worker.${extension}`;
const workers = 200;
const warmUp = 60;
const atOnce = 3;
// A leak of a ring or of a runtime's blocks (0.7 MB) shows long before that; what V8 keeps does not.
const mostGrowth = 90 * 1024 * 1024;
// Threads of the pool, of V8 and of the system come and go.
const mostNewHandles = 30;

async function live(index: number): Promise<void> {
  const uring = index % 4 === 3 ? uringSettings.at(-1) : 'auto';
  const endsItself = index % 2 === 0;
  const workerData: Orders = {
    uring: uring ?? 'auto',
    timers: endsItself ? 0 : 50,
    opens: [],
    reads: [],
    detached: [],
    then: endsItself ? 'return' : 'wait',
  };
  const worker = startWorker(file, import.meta.url, { workerData });
  const exit = once(worker, 'exit');
  await once(worker, 'message');
  if (!endsItself) await worker.terminate();
  await exit;
}

test('200 workers start and end, and neither memory nor descriptors grow', async () => {
  await warmRuntime();
  let next = 0;
  let resident = 0;
  let open = new Map<number, string>();
  async function run(until: number): Promise<void> {
    const lane = async (): Promise<void> => {
      while (next < until) await deadline(live(next++), 'a worker');
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }
  await run(warmUp);
  resident = process.memoryUsage.rss();
  open = openDescriptors();
  const handles = outside.handleCount();
  await run(workers);
  const growth = process.memoryUsage.rss() - resident;
  console.log(`resident memory: ${(growth / 1048576).toFixed(1)} MiB more after ${workers - warmUp} more workers`);
  assert.ok(growth < mostGrowth, `grew by ${growth} bytes`);
  await assertSameDescriptors(open, 'workers');
  const more = outside.handleCount() - handles;
  assert.ok(more < mostNewHandles, `${more} handles more`);
});

test.run();
