import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { closeOrphan, guard, Handle, unguard } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { Cause } from '../../../src/runtime/slot.ts';
import { deadline, macrotask, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { Pipe } from '../../support/fifo.ts';
import { listenersOf } from '../../support/listeners.ts';
import { perform, start as startOperation } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { warmRuntime } from '../../support/warm.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const directory = temporaryDirectory();
await warmRuntime();

function opened(): { handle: Handle; pipe: Pipe } {
  const pipe = new Pipe(directory);
  return { handle: new Handle(runtime, pipe.descriptor), pipe };
}

function read(handle: Handle, signal?: AbortSignal): Promise<unknown> {
  const options = signal === undefined ? undefined : { signal };
  return perform('fileRead', { on: handle, views: [Buffer.alloc(4)], offset: -1 }, options).catch((error) => error);
}

const { isOpen } = outside;

/** Opens a file of this name. */
function openNew(name: string): Promise<number> {
  const path = join(directory, name);
  writeFileSync(path, '');
  return outside.openFile(path);
}

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException)?.code;

test('close() is idempotent: the same promise each time, and the descriptor is closed once', async () => {
  const { handle, pipe } = opened();
  const descriptor = handle.descriptor;
  const first = handle.close();
  assert.is(handle.close(), first);
  assert.ok(handle.closing);
  assert.is(handle.descriptor, -1);
  await first;
  assert.is(handle.close(), first);
  assert.not(isOpen(descriptor));
  // The number is another's now, and stays so.
  const other = await openNew('other');
  await handle.close();
  assert.ok(isOpen(other));
  outside.close(other);
  pipe.closePeer();
});

test('operations on a closing or closed handle reject with EBADF and start nothing', async () => {
  const { handle } = opened();
  const closed = handle.close();
  const before = runtime.counts().inFlight;
  const error = await read(handle);
  assert.is(codeOf(error), 'EBADF');
  assert.is((error as NodeJS.ErrnoException).syscall, 'fileRead');
  assert.ok(runtime.counts().inFlight <= before + 1);
  await closed;
  assert.is(codeOf(await read(handle)), 'EBADF');
  assert.is(await read(handle, AbortSignal.abort('first')), 'first');
});

test('close() ends what is staged, what flies and what was aborted, and then closes', async () => {
  const { handle } = opened();
  const descriptor = handle.descriptor;
  const controller = new AbortController();
  const flying = [read(handle), read(handle, controller.signal)];
  await macrotask();
  controller.abort('aborted before');
  const staged = read(handle);
  const closed = handle.close();
  assert.ok(isOpen(descriptor), 'not before the operations have ended');
  assert.is(codeOf(await deadline(flying[0] as Promise<unknown>, 'a flying read')), 'ECANCELED');
  assert.is(await flying[1], 'aborted before');
  assert.is(codeOf(await staged), 'ECANCELED');
  await deadline(closed, 'close()');
  assert.is(handle.pending, 0);
  assert.not(isOpen(descriptor));
  await macrotask();
  assert.is(listenersOf(controller.signal), 0);
});

test('a read that has its bytes when the handle is closed keeps them', async () => {
  const { handle, pipe } = opened();
  const pending = read(handle);
  await macrotask();
  pipe.write(Buffer.from('ab'));
  const closed = handle.close();
  assert.is(await pending, 2);
  await closed;
});

test('close() from the continuation of an operation, and while the event of an abort runs', async () => {
  const { handle, pipe } = opened();
  const order: string[] = [];
  // Which of them gets the bytes is the kernel's choice.
  const reads = [read(handle), read(handle)];
  const continued = Promise.race(reads).then(async () => {
    order.push('read');
    await handle.close();
    order.push('closed');
  });
  await macrotask();
  pipe.write(Buffer.from('abcd'));
  await deadline(continued, 'close() in a continuation');
  const outcomes = await Promise.all(reads);
  assert.equal(outcomes.map((each) => (each === 4 ? 4 : codeOf(each))).sort(), [4, 'ECANCELED']);
  assert.equal(order, ['read', 'closed']);

  const other = opened().handle;
  const controller = new AbortController();
  let closed: Promise<void> | undefined;
  controller.signal.addEventListener('abort', () => {
    closed = other.close();
  });
  const pending = read(other, controller.signal);
  await macrotask();
  controller.abort('both');
  assert.is(await deadline(pending, 'the read'), 'both');
  await deadline(closed as Promise<void>, 'close() in a listener');
});

test('close() rejects with what the system says, and is over all the same', async () => {
  const handle = new Handle(runtime, 99_999);
  const error = await handle.close().catch((each: unknown) => each);
  assert.is(codeOf(error), 'EBADF');
  assert.is((error as NodeJS.ErrnoException).syscall, 'close');
  assert.is(codeOf(await handle.close().catch((each: unknown) => each)), 'EBADF');
});

test('a thousand handles with pending operations closed at once', async () => {
  const before = openDescriptors();
  const handles = Array.from({ length: 200 }, () => opened());
  const reads = handles.flatMap(({ handle }) => Array.from({ length: 5 }, () => read(handle)));
  await macrotask();
  await deadline(Promise.all(handles.map(({ handle }) => handle.close())), 'all closes');
  assert.equal(new Set((await Promise.all(reads)).map(codeOf)), new Set(['ECANCELED']));
  for (const { pipe } of handles) pipe.closePeer();
  await assertSameDescriptors(before, 'closed handles');
});

test('closeOrphan() closes a descriptor nobody waits for', async () => {
  const descriptor = await openNew('orphan');
  closeOrphan(runtime, descriptor);
  await until(() => !isOpen(descriptor), 'closeOrphan()');
  closeOrphan(runtime, 99_999);
  await macrotask();
});

test('ref() and unref() count each operation once', async () => {
  const { handle } = opened();
  handle.unref();
  handle.unref();
  const pending = [read(handle), read(handle)];
  await macrotask();
  handle.ref();
  handle.ref();
  handle.unref();
  handle.ref();
  assert.ok(handle.referenced);
  await handle.close();
  await Promise.all(pending);
});

test('a handle whose holder is collected is closed, with a warning; one that is unguarded is not', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const lost = new Handle(runtime, await openNew('lost'));
  const kept = new Handle(runtime, await openNew('kept'));
  const { descriptor } = lost;
  (() => {
    guard({ holder: 1 }, lost);
    guard({ holder: 2 }, kept);
    unguard(kept);
  })();
  const end = performance.now() + 10_000;
  while (isOpen(descriptor) && performance.now() < end) {
    collectGarbage();
    await macrotask();
  }
  assert.not(isOpen(descriptor), 'the collected one');
  assert.ok(isOpen(kept.descriptor), 'the unguarded one');
  process.off('warning', note);
  assert.is(warnings.length, 1);
  assert.is((warnings[0] as NodeJS.ErrnoException).code, 'RESCIND_HANDLE_COLLECTED');
  assert.match((warnings[0] as Error).message, `descriptor ${descriptor}`);
  await kept.close();
});

test('close() ends the calls a descriptor is lent to, each once, and waits until they give it back', async () => {
  const { handle, pipe } = opened();
  const { descriptor } = handle;
  const asked: string[] = [];
  const giveBack = ['first', 'second', 'over'].map((name) => handle.lend(() => asked.push(name)));
  giveBack[2]?.();
  const pending = read(handle);
  const closed = handle.close();
  assert.equal(asked, [], 'not from inside close()');
  assert.throws(() => handle.lend(() => {}), /closing/);
  assert.is(codeOf(await pending), 'ECANCELED');
  assert.is(handle.close(), closed);
  await macrotask();
  assert.equal(asked, ['first', 'second']);
  assert.ok(isOpen(descriptor));
  giveBack[0]?.();
  giveBack[0]?.();
  await macrotask();
  assert.ok(isOpen(descriptor), 'one has not given it back');
  giveBack[1]?.();
  await deadline(closed, 'close()');
  assert.equal(asked, ['first', 'second']);
  assert.not(isOpen(descriptor));
  pipe.closePeer();
});

test('a call gives the descriptor back in its cancel, or before close() has asked', async () => {
  for (const when of ['cancel', 'tick'] as const) {
    const { handle, pipe } = opened();
    const giveBack = handle.lend(() => giveBack());
    const closed = handle.close();
    if (when === 'tick') giveBack();
    await deadline(closed, `close(), given back in the ${when}`);
    pipe.closePeer();
  }
});

test('a collected handle waits for what it is lent to before it is closed', async () => {
  const { handle, pipe } = opened();
  const { descriptor } = handle;
  const giveBack = handle.lend(() => assert.unreachable('nobody has closed it'));
  handle.abandon();
  await macrotask();
  assert.ok(isOpen(descriptor));
  giveBack();
  await until(() => !isOpen(descriptor), 'the abandoned handle');
  pipe.closePeer();
});

test('cancelAll() for a resource ends the operations of one resource, wherever they are, and no other', async () => {
  const { handle, pipe } = opened();
  const start = (): { promise: Promise<unknown>; trace: object } => {
    const started = startOperation('fileRead', { on: handle, views: [Buffer.alloc(4)], offset: -1 });
    return { promise: started.promise.catch((error) => error), trace: started.trace };
  };
  const flying = start();
  const stays = start();
  await macrotask();
  const staged = start();
  for (const { trace } of [staged, flying]) runtime.cancelAll(handle, Cause.close, trace);
  for (const { promise } of [staged, flying]) {
    const error = (await deadline(promise, 'a cancelled read')) as NodeJS.ErrnoException;
    assert.equal([error.code, error.syscall], ['ECANCELED', 'fileRead']);
  }
  runtime.cancelAll(handle, Cause.close, flying.trace);
  pipe.write(Buffer.from('x'));
  assert.is(await deadline(stays.promise, 'the other read'), 1);
  await handle.close();
  pipe.closePeer();
});

test('a collected handle waits for its pending operations before it is closed', async () => {
  const { handle, pipe } = opened();
  const pending = read(handle);
  await macrotask();
  handle.abandon();
  await macrotask();
  assert.ok(isOpen(pipe.descriptor));
  pipe.write(Buffer.from('x'));
  assert.is(await pending, 1);
  await until(() => !isOpen(pipe.descriptor), 'the abandoned handle');
});

test.run();
