// Reads of more than a mebibyte are copied by a worker of the kernel's: the JavaScript thread goes on meanwhile.

import { constants, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileHandle, open } from '../../../src/fs/index.ts';
import { OpenFile } from '../../../src/fs/open-file.ts';
import { Runtime } from '../../../src/runtime/runtime.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { DescriptorFlag } from '../../../src/wire/layout.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { loopedFile } from '../../support/looped.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const mebibyte = 1024 * 1024;
const directory = temporaryDirectory();
const path = join(directory, 'large');
const descriptor = openSync(path, 'w');
ftruncateSync(descriptor, 8 * mebibyte);
for (let at = 0; at < 8; at++) writeSync(descriptor, Buffer.alloc(mebibyte, at + 1), 0, mebibyte, at * mebibyte);

test('how a read is submitted depends on its length', () => {
  const file = new OpenFile(new Runtime(), -1, constants.O_RDONLY);
  assert.is(file.readFlags(mebibyte), DescriptorFlag.tryInline);
  assert.is(file.readFlags(mebibyte + 1), DescriptorFlag.mayBlock);
  assert.is(file.readVectorFlags(mebibyte), DescriptorFlag.none);
  assert.is(file.readVectorFlags(mebibyte + 1), DescriptorFlag.mayBlock);
});

onlyOnLinux('O_DIRECT')('on O_DIRECT files it does not', () => {
  const direct = new OpenFile(new Runtime(), -1, constants.O_RDONLY | constants.O_DIRECT);
  for (const bytes of [1, mebibyte + 1]) {
    assert.is(direct.readFlags(bytes), DescriptorFlag.directDevice);
    assert.is(direct.readVectorFlags(bytes), DescriptorFlag.directDevice);
  }
});

/** The bytes at `position` of the file, as they must be read into a buffer of `length`. */
function assertContent(buffer: Buffer, position: number): void {
  for (let at = 0; at < buffer.length; at += 4096) {
    if (buffer[at] !== Math.floor((position + at) / mebibyte) + 1) assert.unreachable(`wrong at ${at}`);
  }
}

async function large(work: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path);
  await work(file);
  await file.close();
}

test('into one buffer, at a position and at the current one', () =>
  large(async (file) => {
    const buffer = Buffer.alloc(3 * mebibyte);
    await macrotask();
    const before = stats().readAtOnce;
    const { bytesRead } = await deadline(file.read(buffer, 0, buffer.length, 2 * mebibyte), 'a read');
    assert.is(stats().readAtOnce, before);
    assert.is(bytesRead, buffer.length);
    assertContent(buffer, 2 * mebibyte);
    assert.is((await deadline(file.read(buffer), 'a read at the current position')).bytesRead, buffer.length);
    assertContent(buffer, 0);
    assert.is((await deadline(file.read(buffer), 'the next')).bytesRead, buffer.length);
    assertContent(buffer, 3 * mebibyte);
    assert.is((await deadline(file.read(buffer), 'the last')).bytesRead, 2 * mebibyte);
    assert.is((await deadline(file.read(buffer), 'the end')).bytesRead, 0);
  }));

test('into several buffers', () =>
  large(async (file) => {
    const buffers = [Buffer.alloc(mebibyte), Buffer.alloc(2 * mebibyte)];
    const { bytesRead } = await deadline(file.readv(buffers, mebibyte), 'a read');
    assert.is(bytesRead, 3 * mebibyte);
    assertContent(buffers[0] as Buffer, mebibyte);
    assertContent(buffers[1] as Buffer, 2 * mebibyte);
  }));

for (const [name, options] of [
  ['an abort', (signal: AbortSignal) => ({ signal })],
  ['a deadline', () => ({ timeoutMs: 30 })],
] as const) {
  test(`of a silent FIFO: ${name} takes them back`, async () => {
    const file = await open(await loopedFile(temporaryDirectory()), 'r+');
    const controller = new AbortController();
    const before = stats().cancelled;
    const reading = file.read(Buffer.alloc(2 * mebibyte), options(controller.signal)).then(
      () => assert.unreachable(),
      (reason: unknown) => reason,
    );
    await pause(10);
    controller.abort('enough');
    const reason = await deadline(reading, 'the read');
    assert.ok(reason === 'enough' || (reason as Error).name === 'TimeoutError', String(reason));
    assert.is(stats().cancelled, before + 1);
    await file.close();
  });
}

test.run();
