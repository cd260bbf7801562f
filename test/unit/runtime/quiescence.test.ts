// What quiescent() waits for: every operation that lends the memory to the kernel, also one whose turn comes.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quiescent } from '../../../src/runtime/allocate.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline, macrotask } from '../../support/deadline.ts';
import { Pipe } from '../../support/fifo.ts';
import { perform } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

runtime.configure({ maxInFlight: 1 });
const pipe = new Pipe(temporaryDirectory());

function read(view: Uint8Array, signal?: AbortSignal): Promise<number | unknown> {
  const options = signal === undefined ? undefined : { signal };
  return perform('fileRead', { on: pipe.descriptor, views: [view], offset: -1 }, options).catch((error) => error);
}

async function watch(promise: Promise<void>): Promise<() => boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await macrotask();
  return () => settled;
}

test('resolves at once for memory nobody has', async () => {
  await deadline(quiescent(Buffer.alloc(10)), 'a Buffer');
  await deadline(quiescent(new ArrayBuffer(0)), 'an empty ArrayBuffer');
  await deadline(quiescent(new SharedArrayBuffer(8)), 'a SharedArrayBuffer');
  await deadline(quiescent(new DataView(new ArrayBuffer(8))), 'a DataView');
});

test('waits for an operation of the same tick and for one that waits for room', async () => {
  const [first, second] = [Buffer.alloc(1), Buffer.alloc(1)];
  const reads = [read(first), read(second)];
  const quietFirst = await watch(quiescent(first));
  const quietSecond = await watch(quiescent(second));
  assert.not(quietFirst());
  assert.not(quietSecond());
  pipe.write(Buffer.of(1));
  await reads[0];
  await macrotask();
  assert.ok(quietFirst());
  assert.not(quietSecond());
  pipe.write(Buffer.of(2));
  await reads[1];
  await macrotask();
  assert.ok(quietSecond());
  assert.equal([first[0], second[0]], [1, 2]);
});

test('resolves when the operation is taken back before the kernel saw it', async () => {
  const controller = new AbortController();
  const blocking = read(Buffer.alloc(1));
  const waiting = Buffer.alloc(1);
  const staged = read(waiting, controller.signal);
  const quiet = quiescent(waiting);
  controller.abort('withdrawn');
  assert.is(await staged, 'withdrawn');
  await deadline(quiet, 'quiescent() of a withdrawn operation');
  pipe.write(Buffer.of(1));
  assert.is(await blocking, 1);
});

test('sees any view of the same memory', async () => {
  const memory = new ArrayBuffer(64);
  const pending = read(new Uint8Array(memory, 8, 4));
  const quiet = await watch(quiescent(new DataView(memory, 40)));
  assert.not(quiet());
  pipe.write(Buffer.of(1, 2));
  assert.is(await pending, 2);
  await macrotask();
  assert.ok(quiet());
});

test('refuses what is no memory, and memory that is detached', () => {
  for (const value of [undefined, null, 1, 'text', {}, [], { buffer: new ArrayBuffer(1) }]) {
    assert.throws(
      () => quiescent(value as never),
      (error: NodeJS.ErrnoException) => error instanceof TypeError && error.code === 'ERR_INVALID_ARG_TYPE',
    );
  }
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  assert.throws(
    () => quiescent(buffer),
    (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_VALUE',
  );
});

test.run();
