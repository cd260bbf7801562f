// Operations the system does not let go of: a thread of the pool that hangs in a pipe nobody writes to.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { quiescent } from '../../../src/runtime/allocate.ts';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline, occupyThread, pause, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { fifo, Pipe } from '../../support/fifo.ts';
import { listenersOf } from '../../support/listeners.ts';
import { perform, type Started, start } from '../../support/operations.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { untilThreadsHang } from '../../support/pool-threads.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { warmRuntime } from '../../support/warm.ts';

runtime.configure({ uring: 'off', poolThreads: 8, detachAfterMs: 40 });

const test = onlyOnLinux('a call of the pool that does not come back: every read of a Windows pipe is taken back');

const directory = temporaryDirectory();

function isSettled(promise: Promise<unknown>): () => boolean {
  let settled = false;
  const note = (): void => void (settled = true);
  promise.then(note, note);
  return () => settled;
}

function outcome(promise: Promise<unknown>): Promise<unknown> {
  return deadline(
    promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
    'the operation',
  );
}

async function hangingRead(pipe: Pipe, options: Parameters<typeof start>[2], on: Handle | number): Promise<Started> {
  const started = start('fileRead', { on, views: [Buffer.alloc(4)], offset: -1 }, options);
  started.promise.catch(() => {});
  assert.ok(pipe.path);
  await untilThreadsHang(runtime.counts().inFlight);
  return started;
}

test('an open that hangs rejects with the reason after detachAfterMs, and what it opens at last is closed', async () => {
  await warmRuntime();
  const before = openDescriptors();
  const path = fifo(directory);
  const controller = new AbortController();
  const { promise, trace } = start(
    'fileOpen',
    { bytes: path, argument0: constants.O_RDONLY },
    { signal: controller.signal },
  );
  await untilThreadsHang(1);
  controller.abort('enough');
  assert.equal(await outcome(promise), { error: 'enough' });
  assert.is(runtime.counts().detached, 1);
  assert.is(runtime.counts().inFlight, 1);
  assert.is(listenersOf(controller.signal), 0);
  const writer = openSync(path, constants.O_RDWR);
  await until(() => trace.orphans === 1, 'the orphan');
  closeSync(writer);
  await until(() => runtime.counts().inFlight === 0, 'the last completion');
  assert.is(runtime.counts().detached, 0);
  assert.is(trace.completions, 0);
  await assertSameDescriptors(before, 'an orphaned open');
});

test('what was complete when detachAfterMs had passed on a busy thread is not lost', async () => {
  const path = fifo(directory);
  const controller = new AbortController();
  const { promise, trace } = start(
    'fileOpen',
    { bytes: path, argument0: constants.O_RDONLY },
    { signal: controller.signal },
  );
  await untilThreadsHang(1);
  controller.abort('too late');
  // The runtime has asked for the cancel when its microtask is over; the open ends while the thread is busy.
  await Promise.resolve().then(() => Promise.resolve());
  const writer = openSync(path, constants.O_RDWR);
  occupyThread(120);
  const descriptor = (await outcome(promise)) as { value: number };
  assert.type(descriptor.value, 'number');
  assert.is(trace.orphans, 0);
  closeSync(descriptor.value);
  closeSync(writer);
});

test("with the caller's memory the promise waits for the kernel, and tells what was read", async () => {
  const pipe = new Pipe(directory);
  const controller = new AbortController();
  const { promise, trace } = await hangingRead(pipe, { signal: controller.signal }, pipe.descriptor);
  const settled = isSettled(promise);
  controller.abort('ignored');
  await pause(120);
  assert.not(settled(), 'it must not settle while the kernel may write');
  pipe.write(Buffer.from('abc'));
  assert.equal(await outcome(promise), { value: 3 });
  assert.is(String(trace.views[0]?.subarray(0, 3)), 'abc');
});

test('with detach it settles early, and quiescent() waits for the kernel', async () => {
  const pipe = new Pipe(directory);
  const controller = new AbortController();
  const { promise, trace } = await hangingRead(pipe, { signal: controller.signal, detach: true }, pipe.descriptor);
  const view = trace.views[0] as Buffer;
  controller.abort('detached');
  assert.equal(await outcome(promise), { error: 'detached' });
  const quiet = quiescent(view);
  const isQuiet = isSettled(quiet);
  await pause(30);
  assert.not(isQuiet());
  pipe.write(Buffer.from('late'));
  await deadline(quiet, 'quiescent()');
  assert.is(String(view), 'late', 'the kernel had it until now');
  await deadline(quiescent(view.buffer), 'quiescent() of memory nobody has');
  assert.is(trace.completions, 0);
});

test('detachAfterMs 0 settles at once, Infinity never', async () => {
  const pipe = new Pipe(directory);
  const controller = new AbortController();
  const options = { signal: controller.signal, detach: true };
  const early = await hangingRead(pipe, { ...options, detachAfterMs: 0 }, pipe.descriptor);
  const never = await hangingRead(pipe, { ...options, detachAfterMs: Number.POSITIVE_INFINITY }, pipe.descriptor);
  const isNever = isSettled(never.promise);
  controller.abort('now');
  assert.equal(await outcome(early.promise), { error: 'now' });
  await pause(100);
  assert.not(isNever());
  pipe.write(Buffer.from('12345678'));
  assert.equal(await outcome(never.promise), { value: 4 });
  await until(() => runtime.counts().inFlight === 0, 'both completions');
});

test('a deadline detaches as an abort does, with a TimeoutError', async () => {
  const pipe = new Pipe(directory);
  const { promise } = start(
    'fileRead',
    { on: pipe.descriptor, views: [Buffer.alloc(1)], offset: -1 },
    { timeoutMs: 30, detach: true },
  );
  const { error } = (await outcome(promise)) as { error: DOMException };
  assert.is(error.name, 'TimeoutError');
  pipe.write(Buffer.of(1));
  await until(() => runtime.counts().inFlight === 0, 'the completion');
});

test('a slot is not used again while the kernel has its operation', async () => {
  const pipe = new Pipe(directory);
  const controller = new AbortController();
  const { promise, trace } = await hangingRead(pipe, { signal: controller.signal, detach: true }, pipe.descriptor);
  controller.abort('gone');
  await outcome(promise);
  const results = await Promise.all(Array.from({ length: 500 }, () => perform('noop')));
  assert.equal(new Set(results), new Set([0]));
  pipe.write(Buffer.of(7));
  await until(() => runtime.counts().inFlight === 0, 'the completion');
  // The late completion belongs to nobody else.
  assert.equal(new Set(await Promise.all(Array.from({ length: 500 }, () => perform('noop')))), new Set([0]));
  assert.is(trace.completions, 0);
});

test('close() does not wait for operations whose callers were told, and closes behind them', async () => {
  const pipe = new Pipe(directory);
  const handle = new Handle(runtime, pipe.descriptor);
  const controller = new AbortController();
  const { promise } = await hangingRead(pipe, { signal: controller.signal, detach: true }, handle);
  controller.abort('told');
  await outcome(promise);
  await deadline(handle.close(), 'close()');
  assert.ok(fstatSync(pipe.descriptor), 'the descriptor is still open while the kernel has a read on it');
  pipe.write(Buffer.of(1));
  await until(() => !isOpen(pipe.descriptor), 'the close behind the completion');
});

test('close() tells detachable operations after detachAfterMs', async () => {
  const pipe = new Pipe(directory);
  const handle = new Handle(runtime, pipe.descriptor);
  const { promise } = await hangingRead(pipe, { detach: true }, handle);
  const closed = handle.close();
  const { error } = (await outcome(promise)) as { error: NodeJS.ErrnoException };
  assert.is(error.code, 'ECANCELED');
  await deadline(closed, 'close()');
  pipe.write(Buffer.of(1));
  await until(() => !isOpen(pipe.descriptor), 'the close behind the completion');
});

test("close() waits for an operation with the caller's memory", async () => {
  const pipe = new Pipe(directory);
  const handle = new Handle(runtime, pipe.descriptor);
  const { promise } = await hangingRead(pipe, undefined, handle);
  const closed = handle.close();
  const isClosed = isSettled(closed);
  await pause(100);
  assert.not(isClosed());
  pipe.write(Buffer.from('ok'));
  assert.equal(await outcome(promise), { value: 2 });
  await deadline(closed, 'close()');
  assert.not(isOpen(pipe.descriptor));
});

test('an abort and then a close give the reason of the abort; an abort after the close gives that of the close', async () => {
  const pipe = new Pipe(directory);
  const [one, two] = [new AbortController(), new AbortController()];
  const handle = new Handle(runtime, pipe.descriptor);
  const first = await hangingRead(pipe, { signal: one.signal, detach: true }, handle);
  const second = await hangingRead(pipe, { signal: two.signal, detach: true }, handle);
  one.abort('abort first');
  const closed = handle.close();
  await Promise.resolve();
  await Promise.resolve();
  two.abort('abort second');
  assert.equal(await outcome(first.promise), { error: 'abort first' });
  const { error } = (await outcome(second.promise)) as { error: NodeJS.ErrnoException };
  assert.is(error.code, 'ECANCELED');
  await closed;
  pipe.write(Buffer.alloc(8));
  await until(() => !isOpen(pipe.descriptor), 'the close behind the completions');
});

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}

test.run();
