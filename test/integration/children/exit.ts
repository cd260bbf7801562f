// Leaves operations pending and ends in one of many ways. Arguments: how it ends, the setting 'uring'.

import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { macrotask } from '../../support/deadline.ts';
import { Pipe } from '../../support/fifo.ts';
import { hangingPath, openHanging } from '../../support/hanging-opens.ts';
import { perform, timer } from '../../support/operations.ts';
import { Family, listener, streamPair } from '../../support/sockets.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const [how = '', uring = 'auto'] = process.argv.slice(2);
runtime.configure({ uring: uring as 'auto' | 'off', maxInFlight: 600 });
const directory = temporaryDirectory();
const controller = new AbortController();
const { signal } = controller;
const pending: Handle[] = [];
const ignore = (promise: Promise<unknown>): void => void promise.catch(() => {});

/** Pending operations on handles, which unref() reaches. */
async function pendOnHandles(): Promise<Handle[]> {
  const handles: Handle[] = [];
  for (let count = 0; count < 4; count++) {
    const pipe = new Pipe(directory);
    const handle = new Handle(runtime, pipe.descriptor);
    handles.push(handle);
    ignore(perform('fileRead', { on: handle, views: [new Uint8Array(64)], offset: -1 }, { signal }));
  }
  if (uring === 'off') return handles;
  const [ours] = await streamPair(Family.ipv4);
  const { descriptor } = await listener(Family.ipv4);
  const socket = new Handle(runtime, ours);
  const server = new Handle(runtime, descriptor);
  for (let count = 0; count < 100; count++) {
    ignore(perform('socketReceive', { on: socket, views: [new Uint8Array(64)] }, { signal }));
    ignore(perform('socketAccept', { on: server }, { signal }));
  }
  return [...handles, socket, server];
}

/** Pending operations of all kinds, in the kernel, on threads and in the queue. */
async function pendOnEverything(): Promise<void> {
  pending.push(...(await pendOnHandles()));
  for (let count = 0; count < 4; count++) {
    ignore(openHanging(hangingPath(directory).path, { signal }));
  }
  for (let count = 0; count < 1000; count++) ignore(timer(600_000, { signal }));
  for (let turn = 0; turn < 3; turn++) await macrotask();
}

switch (how) {
  case 'unref': {
    for (const handle of await pendOnHandles()) handle.unref();
    break;
  }
  case 'unref-before': {
    const pipe = new Pipe(directory);
    const handle = new Handle(runtime, pipe.descriptor);
    handle.unref();
    ignore(perform('fileRead', { on: handle, views: [new Uint8Array(64)], offset: -1 }));
    break;
  }
  case 'unref-ref': {
    const pipe = new Pipe(directory);
    const handle = new Handle(runtime, pipe.descriptor);
    const read = perform('fileRead', { on: handle, views: [new Uint8Array(64)], offset: -1 });
    handle.unref();
    handle.ref();
    setTimeout(() => pipe.write(Buffer.from('x')), 100).unref();
    ignore(timer(100));
    console.log(`read ${await read}`);
    break;
  }
  case 'keeps-alive':
    ignore(timer(200).then(() => console.log('finished')));
    break;
  case 'exit':
    await pendOnEverything();
    process.exit(7);
    break;
  case 'exit-staged':
    await perform('noop');
    ignore(timer(600_000));
    process.exit(7);
    break;
  case 'exit-aborting':
    await pendOnEverything();
    controller.abort();
    process.exit(7);
    break;
  case 'exit-in-completion':
    // First, because what comes later waits in the queue.
    for (let count = 0; count < 100; count++) ignore(timer(100).then(() => process.exit(7)));
    await pendOnEverything();
    break;
  case 'throw':
    await pendOnEverything();
    setImmediate(() => {
      throw new Error('on purpose');
    });
    break;
  case 'throw-in-completion':
    void timer(100).then(() => {
      throw new Error('on purpose');
    });
    await pendOnEverything();
    break;
  case 'signal':
    await pendOnEverything();
    process.kill(process.pid, 'SIGTERM');
    break;
  case 'abort':
    await pendOnEverything();
    // A read on a thread cannot be taken back: its handle must not keep the process.
    if (uring === 'off') for (const handle of pending) handle.unref();
    controller.abort();
    break;
  default:
    throw new Error(`no such end: ${how}`);
}
