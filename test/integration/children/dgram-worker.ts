// A worker with datagrams and watches pending, which its parent ends.

import { parentPort, workerData } from 'node:worker_threads';
import { bind } from '../../../src/dgram/index.ts';
import { watch } from '../../../src/fs/watch.ts';

const socket = await bind({ address: '127.0.0.1' });
const ignore = (): void => {};
for (let index = 0; index < 200; index++) {
  socket.receive().catch(ignore);
  socket.receive(Buffer.alloc(100), { timeoutMs: 60_000 }).catch(ignore);
}
const watchers = [watch(workerData as string), watch(workerData as string, { recursive: true })];
await Promise.all(watchers.map(({ ready }) => ready));
for (const watcher of watchers) watcher.next().catch(ignore);
parentPort?.postMessage(socket.address().port);
