// 64 operations hang in a file system that does not answer, in every way that can hang: reads of cached files,
// work of the threads, timers and sockets go on.

import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../src/runtime/runtime.ts';
import { onBackends, rings, threads } from '../support/backends.ts';
import { deadline, until } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { HangingFileSystem, whyNoFuse } from '../support/fuse.ts';
import { type Arguments, type OperationName, perform, start, timer } from '../support/operations.ts';
import { Family, streamPair } from '../support/sockets.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { warmRuntime } from '../support/warm.ts';
import { otherWork, readsAndLookups } from './hung-neighbours.ts';

const reason = { why: 'the test says so' };
const hung = 64;
const missing = whyNoFuse();

interface Hang {
  what: string;
  operation: OperationName;
  /** What the n-th of them is given. */
  given(files: HangingFileSystem, index: number, opened: number[]): Arguments;
}

function reading(file: string): Hang['given'] {
  return (files, index, opened) => {
    const descriptor = openSync(files.path(`${file}-${index}`), 'r');
    opened.push(descriptor);
    return { on: descriptor, views: [new Uint8Array(4096)], offset: 0 };
  };
}

const hangs: readonly Hang[] = [
  { what: 'opens', operation: 'fileOpen', given: (files, index) => ({ bytes: files.path(`hang-open-${index}`) }) },
  {
    what: 'whole-file reads',
    operation: 'fileReadWhole',
    given: (files, index) => ({ bytes: files.path(`hang-open-${index}`) }),
  },
  { what: 'buffered reads', operation: 'fileRead', given: reading('hang-read') },
  { what: 'direct reads', operation: 'fileRead', given: reading('direct-read') },
];

function define(settings: object, name: string): void {
  runtime.configure({ ...settings, detachAfterMs: 20 });
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, Buffer.alloc(65536, 7));

  async function socketsAndTimers(): Promise<void> {
    await deadline(timer(1), 'a timer');
    if (name === threads.name) return;
    const [ours, theirs] = await deadline(streamPair(Family.ipv4), 'a connection');
    const received = perform('socketReceive', { on: ours, views: [new Uint8Array(8)] });
    writeSync(theirs, Buffer.from('x'));
    assert.is(await deadline(received, 'a receive'), 1);
    closeSync(ours);
    closeSync(theirs);
  }

  for (const { what, operation, given } of hangs) {
    test(`other work goes on while ${hung} ${what} hang`, async () => {
      await warmRuntime();
      const files = await HangingFileSystem.mount();
      const opened: number[] = [];
      try {
        const before = openDescriptors();
        const descriptor = openSync(path, 'r');
        const work = (): Promise<unknown> => readsAndLookups(descriptor, path);
        await otherWork(work);
        const free = await otherWork(work);
        const controller = new AbortController();
        const settled = Array.from({ length: hung }, (_, index) =>
          start(operation, given(files, index, opened), { signal: controller.signal, detach: true }).promise.catch(
            (error: unknown) => error,
          ),
        );
        // Threads hold as many as there are threads; what waits behind them hangs as well.
        await files.untilHeld(name === threads.name || operation === 'fileReadWhole' ? 1 : hung);
        if (name !== threads.name) {
          const busy = await otherWork(work);
          console.log(`${name}: while ${hung} ${what} hang, other work at ${(busy / free).toFixed(2)} of its rate`);
          await socketsAndTimers();
        }
        controller.abort(reason);
        for (const error of await deadline(Promise.all(settled), 'the aborted operations')) assert.is(error, reason);
        const after = await otherWork(work);
        console.log(`${name}: after their abort, at ${(after / free).toFixed(2)} of its rate`);
        await socketsAndTimers();
        files.release();
        await until(() => {
          // Each answer may let the next in that waited behind it.
          if (files.held > 0) files.release();
          return runtime.counts().inFlight + runtime.counts().detached === 0;
        }, 'the runtime to be idle');
        closeSync(descriptor);
        for (const one of opened) closeSync(one);
        await assertSameDescriptors(before, what);
      } finally {
        await files.unmount();
      }
    });
  }
}

if (missing === undefined) {
  onBackends(import.meta.url, [rings, threads], ({ settings, name }) => define(settings, name));
} else {
  console.log(`skipped: ${missing}`);
}
