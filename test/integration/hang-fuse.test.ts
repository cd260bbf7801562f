// A file system that does not answer: whoever lent no memory is told soon, memory stays lent until the kernel
// is done with it, and everything is cleaned up when the answer comes after all.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Handle } from '../../src/runtime/handle.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { onBackends, rings, threads } from '../support/backends.ts';
import { deadline, pause, until } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { HangingFileSystem, whyNoFuse } from '../support/fuse.ts';
import { perform, type Started, start } from '../support/operations.ts';
import { warmRuntime } from '../support/warm.ts';

const reason = { why: 'the test says so' };
const detachAfterMs = 100;
const missing = whyNoFuse();

interface Told {
  resolved: boolean;
  value: unknown;
}

function told({ promise }: Started): Promise<Told> {
  return promise.then(
    (value) => ({ resolved: true, value }),
    (value: unknown) => ({ resolved: false, value }),
  );
}

function isPending(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => false), pause(3 * detachAfterMs).then(() => true)]);
}

function holds(bytes: Uint8Array, offset: number): boolean {
  return bytes.every((byte, at) => byte === (offset + at) % 251);
}

function define(settings: object, name: string): void {
  runtime.configure({ ...settings, detachAfterMs });

  /** Runs on a fresh mount, and sees that nothing stays of it. */
  function onHangingFiles(title: string, act: (files: HangingFileSystem) => Promise<void>): void {
    test(title, async () => {
      await warmRuntime();
      const files = await HangingFileSystem.mount();
      try {
        const before = openDescriptors();
        await act(files);
        await files.untilIdle();
        await assertSameDescriptors(before, title);
      } finally {
        await files.unmount();
      }
    });
  }

  onHangingFiles('an aborted open is told soon, and what it opens later is closed', async (files) => {
    const controller = new AbortController();
    const open = start('fileOpen', { bytes: files.path('hang-open') }, { signal: controller.signal });
    const settled = told(open);
    await files.untilHeld(1);
    const from = performance.now();
    controller.abort(reason);
    assert.equal(await deadline(settled, 'the aborted open'), { resolved: false, value: reason });
    console.log(`${name}: open told ${(performance.now() - from).toFixed(0)} ms after the abort`);
    assert.is(runtime.counts().detached, 1);
    files.release();
    await until(() => runtime.counts().detached === 0, 'the open to end');
    assert.is(open.trace.completions, 0);
  });

  onHangingFiles('a deadline passes on a hung open', async (files) => {
    const settled = told(start('fileOpen', { bytes: files.path('hang-open') }, { timeoutMs: 30 }));
    const { resolved, value } = await deadline(settled, 'the open');
    assert.not(resolved);
    assert.is((value as Error).name, 'TimeoutError');
  });

  onHangingFiles('a hung open that nobody gives up resolves when the answer comes', async (files) => {
    const open = perform('fileOpen', { bytes: files.path('hang-open') });
    await files.untilHeld(1);
    assert.ok(await isPending(open));
    files.release();
    await perform('handleClose', { on: await deadline(open, 'the open') });
  });

  onHangingFiles('the error of a hung open is the error of its promise', async (files) => {
    const settled = told(start('fileOpen', { bytes: files.path('hang-open') }));
    await files.untilHeld(1);
    files.fail(5);
    const { resolved, value } = await deadline(settled, 'the open');
    assert.not(resolved);
    assert.is((value as NodeJS.ErrnoException).code, 'EIO');
  });

  for (const file of ['hang-read', 'direct-read']) {
    onHangingFiles(`memory of the caller's is waited for: ${file}`, async (files) => {
      const descriptor = await perform('fileOpen', { bytes: files.path(file) });
      const view = new Uint8Array(4096);
      const controller = new AbortController();
      const settled = told(
        start('fileRead', { on: descriptor, views: [view], offset: 8192 }, { signal: controller.signal }),
      );
      await files.untilHeld(1);
      controller.abort(reason);
      const waits = await isPending(settled);
      files.release();
      const { resolved, value } = await deadline(settled, 'the read');
      if (resolved) {
        assert.ok(holds(view, 8192), 'resolved with the bytes of the file');
      } else {
        assert.is(value, reason);
        const sum = Buffer.from(view);
        await pause(50);
        assert.is(sum.compare(view), 0, 'a rejected read leaves memory alone');
      }
      console.log(`${name}: ${file} ${waits ? 'waited for the answer' : 'was taken back by the kernel'}`);
      await perform('handleClose', { on: descriptor });
    });

    onHangingFiles(`detach gives the caller up at once and tells when the memory is free: ${file}`, async (files) => {
      const descriptor = await perform('fileOpen', { bytes: files.path(file) });
      const view = new Uint8Array(4096);
      const controller = new AbortController();
      const read = start(
        'fileRead',
        { on: descriptor, views: [view], offset: 0 },
        { signal: controller.signal, detach: true },
      );
      const settled = told(read);
      await files.untilHeld(1);
      const lent = runtime.quiescent(view.buffer);
      controller.abort(reason);
      assert.equal(await deadline(settled, 'the detached read'), { resolved: false, value: reason });
      if (runtime.counts().detached === 1) {
        const stillLent = runtime.quiescent(view.buffer);
        assert.ok(await isPending(lent), 'quiescent() from before is pending while the kernel has the memory');
        assert.ok(await isPending(stillLent), 'and so is one from after');
        files.release();
        await deadline(Promise.all([lent, stillLent]), 'quiescent()');
      }
      await deadline(runtime.quiescent(view.buffer), 'quiescent() of memory nobody has');
      const sum = Buffer.from(view);
      files.release();
      await pause(50);
      assert.is(sum.compare(view), 0, 'memory that is free stays as it is');
      assert.is(read.trace.completions, 0);
      await perform('handleClose', { on: descriptor });
    });
  }

  onHangingFiles(
    'a handle with a detached operation closes without waiting, and its descriptor follows',
    async (files) => {
      const handle = new Handle(runtime, await perform('fileOpen', { bytes: files.path('direct-read') }));
      const view = new Uint8Array(4096);
      const controller = new AbortController();
      const options = { signal: controller.signal, detach: true };
      const settled = told(start('fileRead', { on: handle, views: [view], offset: 0 }, options));
      await files.untilHeld(1);
      controller.abort(reason);
      assert.is((await deadline(settled, 'the read')).resolved, false);
      const open = openDescriptors().size;
      await deadline(handle.close(), 'close()');
      if (runtime.counts().detached === 1) assert.is(openDescriptors().size, open, 'the kernel still reads from it');
      files.release();
      await until(() => openDescriptors().size === open - 1, 'the descriptor to be closed');
    },
  );

  onHangingFiles('a handle waits for memory of the caller before it closes', async (files) => {
    const handle = new Handle(runtime, await perform('fileOpen', { bytes: files.path('direct-read') }));
    const settled = told(start('fileRead', { on: handle, views: [new Uint8Array(4096)], offset: 0 }));
    await files.untilHeld(1);
    const closed = handle.close();
    const waits = await isPending(closed);
    if (waits) assert.ok(await isPending(settled), 'close() and the read wait together');
    files.release();
    await deadline(closed, 'close()');
    const { resolved, value } = await deadline(settled, 'the read');
    if (!resolved) assert.is((value as NodeJS.ErrnoException).code, 'ECANCELED');
  });

  onHangingFiles('files of the same mount that answer are read meanwhile', async (files) => {
    const controller = new AbortController();
    const opens = Array.from({ length: 8 }, (_, index) =>
      told(start('fileOpen', { bytes: files.path(`hang-open-${index}`) }, { signal: controller.signal })),
    );
    await files.untilHeld(8);
    for (const file of ['ok', 'slow']) {
      const descriptor = await deadline(perform('fileOpen', { bytes: files.path(file) }), `opening ${file}`);
      const view = new Uint8Array(4096);
      assert.is(
        await deadline(perform('fileRead', { on: descriptor, views: [view], offset: 4096 }), `reading ${file}`),
        4096,
      );
      assert.ok(holds(view, 4096));
      await deadline(perform('handleClose', { on: descriptor }), `closing ${file}`);
    }
    controller.abort(reason);
    for (const one of opens) assert.equal(await deadline(one, 'an aborted open'), { resolved: false, value: reason });
  });
}

if (missing === undefined) {
  onBackends(import.meta.url, [rings, threads], ({ settings, name }) => define(settings, name));
} else {
  // Nothing can be mounted that does not answer, on Windows never.
  test.skip(`who waits for a file system that does not answer is told: ${missing}`);
  test.run();
}
