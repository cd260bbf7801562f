// A temporary directory that is made after its caller was told that it is not: it is removed.

import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { runtime as publicRuntime } from '../../../src/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { onBackends, rings, threads } from '../../support/backends.ts';
import { deadline, until } from '../../support/deadline.ts';
import { whyNoFuse } from '../../support/fuse.ts';
import { onHangingFiles } from '../../support/hanging-files.ts';

const missing = whyNoFuse();

function define(): void {
  onHangingFiles('mkdtemp that was given up removes what it makes later', async (files) => {
    const calls = [
      (options: object) => fs.mkdtemp(files.path('late-'), options),
      (options: object) => fs.mkdtemp(Buffer.from(files.path('late-')), { encoding: 'buffer', ...options }),
      (options: object) => fs.mkdtempDisposable(files.path('late-'), options),
    ];
    for (const [index, call] of calls.entries()) {
      const controller = new AbortController();
      const outcome = Promise.allSettled([call({ signal: controller.signal, detachAfterMs: 5 })]);
      await files.untilHeld(1);
      controller.abort('enough');
      assert.equal(await deadline(outcome, 'mkdtemp'), [{ status: 'rejected', reason: 'enough' }]);
      assert.is(publicRuntime.stats().detached, 1);
      files.release();
      await until(() => files.directories.removed === index + 1, 'the directory to be removed');
      assert.is(files.directories.made, index + 1);
      assert.is(publicRuntime.stats().detached, 0);
    }
  });

  onHangingFiles('mkdtemp that fails after it was given up leaves nothing to remove', async (files) => {
    const controller = new AbortController();
    const call = fs.mkdtemp(files.path('late-'), { signal: controller.signal, detachAfterMs: 5 });
    const outcome = Promise.allSettled([call]);
    await files.untilHeld(1);
    controller.abort('enough');
    assert.equal(await deadline(outcome, 'mkdtemp'), [{ status: 'rejected', reason: 'enough' }]);
    files.fail(5);
    await until(() => publicRuntime.stats().detached === 0, 'mkdtemp to end');
    assert.equal(files.directories, { made: 0, removed: 0 });
  });

  onHangingFiles('mkdtemp that is waited for keeps what it makes', async (files) => {
    const making = fs.mkdtemp(files.path('late-'), { signal: new AbortController().signal, detachAfterMs: 5 });
    await files.untilHeld(1);
    files.release();
    const made = await deadline(making, 'mkdtemp');
    assert.ok(made.startsWith(files.path('late-')));
    assert.equal(readdirSync(made), []);
    assert.equal(files.directories, { made: 1, removed: 0 });
  });
}

// Mounting takes /dev/fuse and root or fusermount3.
if (missing === undefined) {
  onBackends(import.meta.url, [rings, threads], ({ settings }) => {
    runtime.configure(settings);
    define();
  });
} else {
  console.log(`skipped: ${missing}`);
  // What is missing says why.
  test.skip('mkdtemp that was given up removes what it makes later');
  test.run();
}
