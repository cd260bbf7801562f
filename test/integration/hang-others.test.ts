// 64 operations hang in a file system that does not answer, in every way that can hang: reads of cached files,
// work of the threads, timers and sockets go on.

import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFile } from '../../src/fs/index.ts';
import type { OperationOptions } from '../../src/runtime/operation.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { onBackends, rings, threads } from '../support/backends.ts';
import { deadline } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { HangingFileSystem, whyNoFuse } from '../support/fuse.ts';
import { perform, start, timer } from '../support/operations.ts';
import { Family, streamPair } from '../support/sockets.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { warmRuntime } from '../support/warm.ts';
import { otherWork, readsAndLookups } from './hung-neighbours.ts';

const reason = { why: 'the test says so' };
const hung = 64;
const missing = whyNoFuse();

interface Hang {
  what: string;
  /** Starts the n-th of them. */
  hang(files: HangingFileSystem, index: number, opened: number[], options: OperationOptions): Promise<unknown>;
}

function reading(file: string): Hang['hang'] {
  return async (files, index, opened, options) => {
    const descriptor = await perform('fileOpen', { bytes: files.path(`${file}-${index}`) });
    opened.push(descriptor);
    return start('fileRead', { on: descriptor, views: [new Uint8Array(4096)], offset: 0 }, options).promise;
  };
}

const hangs: readonly Hang[] = [
  {
    what: 'opens',
    hang: (files, index, _opened, options) =>
      start('fileOpen', { bytes: files.path(`hang-open-${index}`) }, options).promise,
  },
  {
    what: 'whole-file reads',
    hang: (files, index, _opened, options) => readFile(files.path(`hang-open-${index}`), options),
  },
  { what: 'buffered reads', hang: reading('hang-read') },
  { what: 'direct reads', hang: reading('direct-read') },
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

  for (const { what, hang } of hangs) {
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
        const options = { signal: controller.signal, detach: true };
        const settled = Array.from({ length: hung }, (_, index) =>
          hang(files, index, opened, options).catch((error: unknown) => error),
        );
        // Threads hold as many as there are threads; what waits behind them hangs as well.
        await files.untilHeld(name === threads.name ? 1 : hung);
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
        await files.untilIdle();
        closeSync(descriptor);
        for (const one of opened) await perform('handleClose', { on: one });
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
  // Nothing can be mounted that does not answer, on Windows never.
  test.skip(`64 operations that hang in a mount leave other work going: ${missing}`);
  test.run();
}
