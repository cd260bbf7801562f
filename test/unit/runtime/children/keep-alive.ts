// One way for a process to stay alive or to end; the first argument names it.

import { constants } from 'node:fs';
import { Handle } from '../../../../src/runtime/handle.ts';
import { runtime } from '../../../../src/runtime/runtime.ts';
import { fifo, Pipe } from '../../../support/fifo.ts';
import { perform, start, timer } from '../../../support/operations.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const ways: Record<string, () => void> = {
  'pending-timer': () => void timer(200).then(() => console.log('finished')),
  'pending-pool': () => void perform('pathAccess', { bytes: '/', argument0: 0 }).then(() => console.log('finished')),
  'many-in-a-row': () =>
    void (async () => {
      for (let left = 100; left > 0; left--) await timer(1);
      console.log('finished');
    })(),
  unref: () => {
    const handle = silentHandle();
    handle.unref();
    void read(handle);
  },
  'unref-while-pending': () => {
    const handle = silentHandle();
    void read(handle);
    setTimeout(() => handle.unref(), 30);
  },
  'unref-waiting-deadline': () => {
    runtime.configure({ maxInFlight: 1 });
    const handle = silentHandle();
    handle.unref();
    void read(handle);
    read(handle, 600_000).catch(() => console.log('told of a deadline'));
  },
  'ref-waiting': () => {
    runtime.configure({ maxInFlight: 1 });
    const handle = silentHandle();
    handle.unref();
    void read(handle);
    timer(0, { timeoutMs: 200 }).catch(() => console.log('finished'));
  },
  'aborted-detached': () => {
    runtime.configure({ uring: 'off', poolThreads: 1 });
    const controller = new AbortController();
    const path = fifo(temporaryDirectory());
    const open = start('fileOpen', { bytes: path, argument0: constants.O_RDONLY }, { signal: controller.signal });
    open.promise.catch(() => console.log('finished'));
    setTimeout(() => controller.abort(), 20);
  },
  'closed-unref': () => {
    const handle = silentHandle();
    handle.unref();
    read(handle).catch(() => console.log('told'));
    setImmediate(() => void handle.close().then(() => console.log('finished')));
  },
};

function silentHandle(): Handle {
  return new Handle(runtime, new Pipe(temporaryDirectory()).descriptor);
}

function read(handle: Handle, timeoutMs = Number.POSITIVE_INFINITY): Promise<number> {
  return perform('fileRead', { on: handle, views: [Buffer.alloc(1)], offset: -1 }, { timeoutMs });
}

const way = ways[process.argv[2] ?? ''];
if (way === undefined) throw new Error(`no way ${process.argv[2]}`);
way();
