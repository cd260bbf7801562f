// A file of 7 GB with holes: positions beyond 32 bits reach the system whole, in every call that has one.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { open } from '../../src/fs/index.ts';
import { deadline } from '../support/deadline.ts';
import { outside } from '../support/outside.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const block = 4096;
const wholeMs = 60_000;
// Around where 31 and 32 bits end, one across the border.
const last = 7 * 10 ** 9;
const positions = [0, 2 ** 31 - block, 2 ** 31, 2 ** 32 - block / 2, 2 ** 32 + 2 ** 31, last];

function filled(index: number, length: number): Buffer {
  return Buffer.alloc(length, index + 1);
}

test('what is written at positions beyond 4 GB is read there, and nowhere else', async () => {
  const path = join(temporaryDirectory(), 'large');
  const file = await open(path, 'w+');
  outside.allowHoles(file.fd);
  try {
    for (const [index, position] of positions.entries()) {
      const [first, second] = [filled(index, 100), filled(index, block - 100)];
      assert.is((await deadline(file.write(first, 0, 100, position), 'a write', wholeMs)).bytesWritten, 100);
      const rest = file.writev([second.subarray(0, 1000), second.subarray(1000)], position + 100);
      assert.is((await deadline(rest, 'a vectored write', wholeMs)).bytesWritten, block - 100);
    }
    const size = last + block;
    assert.is((await file.stat()).size, size);
    assert.is(statSync(path).size, size);
    for (const [index, position] of positions.entries()) {
      const into = Buffer.alloc(block);
      const { bytesRead } = await deadline(file.read(into, 0, block, position), 'a read', wholeMs);
      assert.is(bytesRead, block);
      assert.is(into.compare(filled(index, block)), 0, `the block at ${position}`);
      const parts = [Buffer.alloc(10), Buffer.alloc(block - 10)];
      await deadline(file.readv(parts, position), 'a vectored read', wholeMs);
      assert.is(Buffer.concat(parts).compare(filled(index, block)), 0, `the same in pieces at ${position}`);
    }
    const hole = Buffer.alloc(block, 1);
    await deadline(file.read(hole, 0, block, 3 * 10 ** 9), 'a read of a hole', wholeMs);
    assert.ok(
      hole.every((byte) => byte === 0),
      'nothing in between',
    );
  } finally {
    await file.close();
  }
});

test('the current position goes on beyond 4 GB', async () => {
  const path = join(temporaryDirectory(), 'appended');
  const file = await open(path, 'w+');
  outside.allowHoles(file.fd);
  try {
    const end = 2 ** 32 + 10;
    await file.truncate(end);
    assert.is((await file.stat()).size, end);
    await file.write(Buffer.from('x'), 0, 1, end + 1);
    const appending = await open(path, 'a+');
    try {
      await appending.write(Buffer.from('behind'));
      const into = Buffer.alloc(8);
      assert.is((await appending.read(into, 0, 8, end)).bytesRead, 8);
      assert.is(into.toString('latin1'), '\0xbehind');
    } finally {
      await appending.close();
    }
    await file.truncate(2 ** 32 + 1);
    assert.is(statSync(path).size, 2 ** 32 + 1);
  } finally {
    await file.close();
  }
});

test.run();
