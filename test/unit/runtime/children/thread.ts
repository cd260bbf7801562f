// A worker thread with a runtime of its own; workerData says what it does.

import { parentPort, workerData } from 'node:worker_threads';
import { runtime } from '../../../../src/runtime/runtime.ts';
import { fifo, Pipe } from '../../../support/fifo.ts';
import { perform, timer } from '../../../support/operations.ts';
import { onWindows } from '../../../support/platforms.ts';

/** A call that does not come back: opening a FIFO. To open a pipe of Windows never waits, to read it does. */
function hang(): Promise<number> {
  if (!onWindows) return perform('fileOpen', { bytes: fifo(directory), flags: 2 });
  return perform('fileRead', { on: new Pipe(directory).descriptor, views: [Buffer.alloc(1)], offset: -1 });
}

const { how, directory } = workerData as { how: 'settings' | 'work' | 'pending' | 'pool'; directory: string };

if (how === 'settings') {
  runtime.configure({ maxInFlight: 3 });
  await perform('noop');
  parentPort?.postMessage(runtime.settings.maxInFlight);
} else if (how === 'work') {
  let sum = 0;
  for (let round = 0; round < 200; round++) {
    const results = await Promise.all(Array.from({ length: 50 }, () => perform('noop')));
    sum += results.length;
  }
  parentPort?.postMessage(sum);
} else {
  if (how === 'pool') runtime.configure({ uring: 'off' });
  for (let count = 0; count < 100; count++) timer(600_000).catch(() => {});
  for (let count = 0; count < 3; count++) hang().catch(() => {});
  setTimeout(() => parentPort?.postMessage('pending'), 20);
}
