import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allocate } from '../../../src/runtime/allocate.ts';
import { addressOf } from '../../../src/runtime/memory.ts';
import { runScript } from '../../support/child.ts';
import { perform } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const path = join(temporaryDirectory(), 'file');
const content = Buffer.from(Array.from({ length: 64 * 1024 }, (_, index) => (index * 7) % 253));
writeFileSync(path, content);
const file = await outside.openFile(path);
test.after(() => outside.close(file));

// In a child process this file only shows what becomes of transfers under a low limit for locked memory.
const inChild = process.argv.includes('--child');

test('memory is zeroed, of the length asked for, and begins on a page', () => {
  for (const bytes of [1, 100, 4096, 4097, 1 << 20]) {
    const buffer = allocate(bytes);
    assert.ok(Buffer.isBuffer(buffer));
    assert.is(buffer.length, bytes);
    assert.ok(buffer.every((each) => each === 0));
    assert.is(addressOf(buffer) % 4096, 0);
  }
});

test('reads into it and writes out of it carry the right bytes, in parts and whole', async () => {
  const buffer = allocate(64 * 1024);
  assert.is(await perform('fileRead', { on: file, views: [buffer], offset: 0 }), 64 * 1024);
  assert.ok(buffer.equals(content));
  for (const [from, to] of [
    [0, 1],
    [1, 4096],
    [4095, 4097],
    [65_535, 65_536],
    [100, 60_000],
  ] as const) {
    const part = buffer.subarray(from, to).fill(0);
    assert.is(await perform('fileRead', { on: file, views: [part], offset: from }), to - from);
    assert.ok(buffer.equals(content), `${from} to ${to}`);
  }
  assert.is(await perform('fileWrite', { on: file, views: [buffer.subarray(10, 20)], offset: 70_000 }), 10);
  const back = Buffer.alloc(10);
  await perform('fileRead', { on: file, views: [back], offset: 70_000 });
  assert.ok(back.equals(content.subarray(10, 20)));
});

test('more of it than can be registered is plain memory that works the same', async () => {
  const buffers = Array.from({ length: 80 }, () => allocate(8192));
  const counts = await Promise.all(
    buffers.map((buffer) => perform('fileRead', { on: file, views: [buffer], offset: 5 })),
  );
  assert.equal(new Set(counts), new Set([8192]));
  for (const buffer of buffers) assert.ok(buffer.equals(content.subarray(5, 8197)));
});

test('sizes that are none are refused', () => {
  for (const bytes of [0, -1, 1.5, Number.NaN, 2 ** 30 + 1, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => allocate(bytes),
      (error: NodeJS.ErrnoException) => error instanceof RangeError && error.code === 'ERR_OUT_OF_RANGE',
    );
  }
  for (const bytes of ['1', null, undefined, 1n, {}]) {
    assert.throws(
      () => allocate(bytes as number),
      (error: NodeJS.ErrnoException) => error instanceof TypeError && error.code === 'ERR_INVALID_ARG_TYPE',
    );
  }
});

if (!inChild) {
  // Root has CAP_IPC_LOCK, which lifts the limit: there this shows only that the limit does no harm.
  const testOfLimit = onlyOnLinux('a limit for locked memory, set by ulimit');
  testOfLimit('with 64 KiB of lockable memory all of this holds too', async () => {
    const child = await runScript(fileURLToPath(import.meta.url), { arguments: ['--child'], before: 'ulimit -l 64' });
    assert.not(child.hung);
    assert.is(child.code, 0, child.stdout + child.stderr);
  });
}

test.run();
