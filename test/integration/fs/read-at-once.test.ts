// Reads that memory answers happen in the call: what that changes for the caller, and what it must not.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { open } from '../../../src/fs/index.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { deadline, macrotask } from '../../support/deadline.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const testOfMemory = onlyOnLinux('no call of Windows reads what is in memory and nothing else');
const path = join(temporaryDirectory(), 'data');
const content = Buffer.from(Array.from({ length: 65536 }, (_, index) => index * 31));
writeFileSync(path, content);

/** Reads until one is answered in the call: the file is in memory, but the first turns may have had their share. */
async function readAtOnce(options: { signal?: AbortSignal } = {}): Promise<{ into: Buffer; bytesRead: number }> {
  const file = await open(path);
  try {
    for (let attempt = 0; attempt < 1000; attempt++) {
      await macrotask();
      const before = stats().readAtOnce;
      const into = Buffer.alloc(4096);
      const reading = file.read(into, { position: 8192, ...options });
      const answered = stats().readAtOnce > before;
      if (answered) assert.ok(into.equals(content.subarray(8192, 12288)), 'the bytes are there when read() returns');
      const { bytesRead } = await reading;
      if (answered) return { into, bytesRead };
    }
  } finally {
    await file.close();
  }
  return assert.unreachable('no read was answered in the call') as never;
}

testOfMemory('the bytes are there in the call, nothing is pending', async () => {
  const { into, bytesRead } = await readAtOnce();
  assert.is(bytesRead, 4096);
  assert.ok(into.equals(content.subarray(8192, 12288)));
  assert.is(stats().inFlight, 0);
});

test('an abort behind the call finds a read that is done', async () => {
  const controller = new AbortController();
  const file = await open(path);
  const into = Buffer.alloc(16);
  const before = stats().readAtOnce;
  await macrotask();
  const reading = file.read(into, { position: 32, signal: controller.signal });
  const answered = stats().readAtOnce > before;
  controller.abort('behind');
  const outcome = await reading.catch((reason) => reason);
  // Where it was not answered in the call the abort took it back, and then nothing has happened.
  if (answered) assert.equal(outcome, { bytesRead: 16, buffer: into });
  else assert.is(outcome, 'behind');
  assert.is(into.equals(content.subarray(32, 48)), answered);
  await file.close();
});

test('an abort before the call, a deadline of 0 and a closed handle leave the buffer alone', async () => {
  const file = await open(path);
  const into = Buffer.alloc(16);
  const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => assert.unreachable(),
      (error) => error,
    );
  assert.is(await reasonOf(file.read(into, { position: 32, signal: AbortSignal.abort('before') })), 'before');
  const late = (await reasonOf(file.read(into, { position: 32, timeoutMs: 0 }))) as Error;
  assert.is(late.name, 'TimeoutError');
  await file.close();
  const closed = (await reasonOf(file.read(into, { position: 32 }))) as NodeJS.ErrnoException;
  assert.is(closed.code, 'EBADF');
  assert.ok(into.equals(Buffer.alloc(16)));
});

test('a tracing channel hears of it', async () => {
  const heard: string[] = [];
  const names = ['start', 'end', 'asyncStart', 'asyncEnd'];
  const listeners = names.map((name) => [`tracing:rescind:fileRead:${name}`, () => void heard.push(name)] as const);
  for (const [channel, listener] of listeners) subscribe(channel, listener);
  const file = await open(path);
  await file.read(Buffer.alloc(16), { position: 0 });
  for (const [channel, listener] of listeners) unsubscribe(channel, listener);
  await file.close();
  assert.equal(heard, names);
});

for (const width of [1, 64]) {
  testOfMemory(`timers and immediates get their turn besides ${width} chains of reads`, async () => {
    const file = await open(path);
    let done = false;
    const before = stats();
    const chains = Array.from({ length: width }, async () => {
      const into = Buffer.alloc(4096);
      while (!done) await file.read(into, 0, 4096, 4096);
    });
    const others = (async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
      for (let turn = 0; turn < 20; turn++) await macrotask();
    })();
    await deadline(others, 'the timers');
    done = true;
    await Promise.all(chains);
    assert.ok(stats().readAtOnce > before.readAtOnce);
    assert.ok(stats().budgetExhausted > before.budgetExhausted);
    await file.close();
  });
}

test.run();
