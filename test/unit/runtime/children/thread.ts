// A worker thread with a runtime of its own; workerData says what it does.

import { parentPort, workerData } from 'node:worker_threads';
import { runtime } from '../../../../src/runtime/runtime.ts';
import { fifo } from '../../../support/fifo.ts';
import { perform, timer } from '../../../support/operations.ts';

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
  const path = fifo(directory);
  for (let count = 0; count < 100; count++) timer(600_000).catch(() => {});
  for (let count = 0; count < 3; count++) perform('fileOpen', { bytes: path, flags: 2 }).catch(() => {});
  setTimeout(() => parentPort?.postMessage('pending'), 20);
}
