// A worker thread that leaves operations pending. It says 'pending' when they are, and then does as told.

import { constants } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { DescriptorFlag } from '../../../src/wire/layout.ts';
import { openHanging } from '../../support/hanging-opens.ts';
import { perform, timer } from '../../support/operations.ts';

export interface Orders {
  uring: 'auto' | 'off';
  /** Timers left pending. */
  timers: number;
  /** Paths left being opened, which hang. */
  opens: readonly string[];
  /** Descriptors left being read. */
  reads: readonly number[];
  /** Paths left being opened, by detaching after an abort, which a message from outside asks for. */
  detached: readonly string[];
  then: 'wait' | 'return' | 'exit' | 'throw' | 'storm';
}

const orders = workerData as Orders;
runtime.configure({ uring: orders.uring, detachAfterMs: 5 });
const ignore = (promise: Promise<unknown>): void => void promise.catch(() => {});
const handles: Handle[] = [];

await perform('noop');
for (let count = 0; count < orders.timers; count++) ignore(timer(600_000));
for (const path of orders.opens) ignore(openHanging(path));
for (const descriptor of orders.reads) {
  const handle = new Handle(runtime, descriptor);
  handles.push(handle);
  ignore(perform('fileRead', { on: handle, views: [new Uint8Array(64)], offset: -1 }));
}
const givenUp = new AbortController();
// Who started this thread knows when the opens have reached the file system.
if (orders.detached.length > 0) parentPort?.once('message', () => givenUp.abort());
await Promise.all(
  orders.detached.map((path) =>
    perform(
      'fileOpen',
      { bytes: path, argument0: constants.O_RDONLY, flags: DescriptorFlag.mayBlock },
      { signal: givenUp.signal },
    ).catch(() => {}),
  ),
);
await perform('noop');

async function storm(): Promise<void> {
  for (;;) await Promise.all(Array.from({ length: 64 }, () => perform('noop')));
}

parentPort?.postMessage('pending');
switch (orders.then) {
  case 'wait':
    parentPort?.on('message', () => {});
    break;
  case 'return':
    for (const handle of handles) handle.unref();
    break;
  case 'exit':
    process.exit(5);
    break;
  case 'throw':
    setImmediate(() => {
      throw new Error('on purpose');
    });
    break;
  case 'storm':
    for (let lane = 0; lane < 4; lane++) void storm();
    break;
}
