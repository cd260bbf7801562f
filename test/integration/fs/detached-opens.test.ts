// Calls whose callers were told before the system was done: here threads that wait in open() and read().

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { runtime as publicRuntime, quiescent } from '../../../src/index.ts';
import { configure } from '../../../src/runtime/configure.ts';
import { deadline, pause, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { fifo } from '../../support/fifo.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { untilThreadsHang } from '../../support/pool-threads.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

// Of named pipes of Windows test/contract has what waits in a thread.
const test = onlyOnLinux('an open of a pipe waits for nobody, and reads of pipes do not take a thread');

configure({ uring: 'off' });
const directory = temporaryDirectory();

test.before(async () => {
  const file = await fs.open(directory);
  await file.close();
});

test('an open that comes too late is closed', async () => {
  const path = fifo(directory);
  const before = openDescriptors();
  const controller = new AbortController();
  const { signal } = controller;
  const calls = [fs.open(path, 'r', 0, { signal, detachAfterMs: 5 }), fs.readFile(path, { signal, detachAfterMs: 5 })];
  const outcomes = Promise.allSettled(calls);
  await untilThreadsHang(2);
  controller.abort('enough');
  for (const outcome of await deadline(outcomes, 'the calls')) {
    assert.equal(outcome, { status: 'rejected', reason: 'enough' });
  }
  assert.is(publicRuntime.stats().detached, 2);
  const peer = openSync(path, constants.O_RDWR);
  await until(() => publicRuntime.stats().detached === 0, 'the opens have come');
  closeSync(peer);
  await assertSameDescriptors(before, 'late opens');
});

test('a deadline that passes while a thread waits is kept all the same', async () => {
  const path = fifo(directory);
  const error = await deadline(
    fs.open(path, 'w', 0, { timeoutMs: 10, detachAfterMs: 5 }).catch((reason: unknown) => reason as DOMException),
    'open',
  );
  assert.is((error as DOMException).name, 'TimeoutError');
  const peer = openSync(path, constants.O_RDWR);
  await until(() => publicRuntime.stats().detached === 0, 'the open has come');
  closeSync(peer);
});

test("memory lent to a detached read is the system's until quiescent() says otherwise", async () => {
  const path = fifo(directory);
  const peer = openSync(path, constants.O_RDWR);
  const file = await fs.open(path, 'r');
  const buffer = Buffer.alloc(8);
  const controller = new AbortController();
  const reading = file.read(buffer, { signal: controller.signal, detach: true, detachAfterMs: 5 });
  await untilThreadsHang(1);
  controller.abort('enough');
  assert.is(
    await deadline(
      reading.catch((reason: unknown) => reason),
      'read',
    ),
    'enough',
  );
  let quiet = false;
  const waiting = quiescent(buffer.buffer).then(() => (quiet = true));
  await pause(20);
  assert.not(quiet, 'the thread still waits for bytes to put there');
  writeSync(peer, 'late');
  await deadline(waiting, 'quiescent');
  assert.is(buffer.subarray(0, 4).toString(), 'late');
  await file.close();
  closeSync(peer);
});

test("without detach a read into the caller's memory waits for the system", async () => {
  const path = fifo(directory);
  const peer = openSync(path, constants.O_RDWR);
  const file = await fs.open(path, 'r');
  const controller = new AbortController();
  let settled = false;
  const reading = file
    .read(Buffer.alloc(8), { signal: controller.signal, detachAfterMs: 5 })
    .finally(() => (settled = true));
  await untilThreadsHang(1);
  controller.abort('enough');
  await pause(40);
  assert.not(settled);
  writeSync(peer, 'bytes');
  assert.is((await deadline(reading, 'read')).bytesRead, 5);
  await file.close();
  closeSync(peer);
});

test.run();
