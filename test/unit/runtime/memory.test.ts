import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressOf, checkView, isDetached, vectorOf } from '../../../src/runtime/memory.ts';
import { macrotask } from '../../support/deadline.ts';
import { Pipe } from '../../support/fifo.ts';
import { perform, start } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const directory = temporaryDirectory();
const path = join(directory, 'file');
const content = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 251));
writeFileSync(path, content);
const file = await outside.openFile(path);
test.after(() => outside.close(file));

type View = Uint8Array;
type Resizable = ArrayBuffer & { resize(bytes: number): void };
// The compiler's library is older than these.
const ResizableBuffer = ArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => Resizable;
const resizable = (bytes: number, maxByteLength: number): Resizable => new ResizableBuffer(bytes, { maxByteLength });
const bytesOf = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

// binding.pin() belongs to the open runtime.
await perform('noop');

const kinds: Record<string, () => ArrayBufferView> = {
  Buffer: () => Buffer.alloc(64),
  'a slice of the pool': () => Buffer.allocUnsafe(64).subarray(3, 61),
  Uint8Array: () => new Uint8Array(64),
  'an array small enough for the JavaScript heap': () => new Uint8Array(16),
  Uint8ClampedArray: () => new Uint8ClampedArray(64),
  Int16Array: () => new Int16Array(new ArrayBuffer(80), 8, 20),
  Uint16Array: () => new Uint16Array(32),
  Int32Array: () => new Int32Array(16),
  Float32Array: () => new Float32Array(16),
  Float64Array: () => new Float64Array(new ArrayBuffer(80), 16, 4),
  BigInt64Array: () => new BigInt64Array(8),
  BigUint64Array: () => new BigUint64Array(8),
  Int8Array: () => new Int8Array(64),
  DataView: () => new DataView(new ArrayBuffer(100), 33, 31),
  'shared memory': () => new Uint8Array(new SharedArrayBuffer(100), 10, 50),
  'memory that can grow': () => new Uint8Array(resizable(64, 1 << 20)),
  'memory of WebAssembly': () =>
    new Uint8Array(runInThisContext('new WebAssembly.Memory({ initial: 1 }).buffer'), 100, 64),
  'memory of another realm': () => runInNewContext('new Uint8Array(64)') as View,
};

for (const [what, make] of Object.entries(kinds)) {
  test(`the kernel reads into and writes out of ${what}`, async () => {
    const view = make();
    checkView(view, 'buffer');
    const read = await perform('fileRead', { on: file, views: [view as View], offset: 7 });
    assert.is(read, view.byteLength);
    assert.ok(bytesOf(view).equals(content.subarray(7, 7 + read)));
    bytesOf(view).fill(0xee);
    assert.is(await perform('fileWrite', { on: file, views: [view as View], offset: 100_000 }), view.byteLength);
    const back = readFileSync(path).subarray(100_000, 100_000 + view.byteLength);
    assert.ok(back.every((each) => each === 0xee));
  });
}

test('nothing outside of a view is touched', async () => {
  const memory = Buffer.alloc(300, 0xaa);
  await perform('fileRead', { on: file, views: [memory.subarray(100, 200)], offset: 0 });
  assert.ok(memory.subarray(0, 100).every((each) => each === 0xaa));
  assert.ok(memory.subarray(200).every((each) => each === 0xaa));
});

test('the address of a view is that of its first byte, the same every time', () => {
  const buffer = new ArrayBuffer(64);
  const base = addressOf(new Uint8Array(buffer));
  assert.ok(base > 0);
  assert.is(addressOf(new Uint8Array(buffer, 10)), base + 10);
  assert.is(addressOf(new DataView(buffer, 63)), base + 63);
});

test('memory that grew in place keeps its address, and its new part serves', async () => {
  const buffer = resizable(16, 1 << 16);
  const view = new Uint8Array(buffer);
  const before = addressOf(view);
  buffer.resize(4096);
  assert.is(addressOf(view), before);
  assert.is(await perform('fileRead', { on: file, views: [view], offset: 0 }), 4096);
  assert.ok(content.equals(view));
  buffer.resize(0);
  checkView(view, 'buffer');
  assert.is(await perform('fileRead', { on: file, views: [view], offset: 0 }), 0);
});

test('memory that shrinks while the kernel has it is harmful to nobody', async () => {
  const pipe = new Pipe(directory);
  const buffer = resizable(1 << 16, 1 << 16);
  const { promise } = start('fileRead', { on: pipe.descriptor, views: [new Uint8Array(buffer)], offset: -1 });
  await macrotask();
  buffer.resize(0);
  pipe.write(Buffer.from('abc'));
  const outcome = await promise.catch((error: NodeJS.ErrnoException) => error.code);
  assert.ok(outcome === 3 || outcome === 'EFAULT', `${outcome}`);
});

test('memory transferred away while the kernel has it stays valid until the kernel is done', async () => {
  const pipe = new Pipe(directory);
  const view = new Uint8Array(new ArrayBuffer(65_536));
  const { promise } = start('fileRead', { on: pipe.descriptor, views: [view], offset: -1 });
  await macrotask();
  let moved: ArrayBuffer | null = structuredClone(view.buffer, { transfer: [view.buffer] });
  assert.is(view.byteLength, 0);
  assert.is(moved.byteLength, 65_536);
  moved = null;
  const others: ArrayBuffer[] = [];
  for (let round = 0; round < 20; round++) {
    collectGarbage();
    others.push(new ArrayBuffer(65_536));
    await macrotask();
  }
  pipe.write(Buffer.alloc(4096, 0xfe));
  assert.is(await promise, 4096);
  for (const other of others)
    assert.ok(
      new Uint8Array(other).every((each) => each === 0),
      'memory of others',
    );
});

test('the pages behind a buffer are let go of with the buffer', async () => {
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 60; round++) {
    await perform('fileRead', { on: file, views: [new Uint8Array(4 << 20).subarray(0, 10)], offset: 0 });
    if (round % 10 === 9) {
      collectGarbage();
      await macrotask();
    }
  }
  for (let round = 0; round < 10; round++) {
    collectGarbage();
    await macrotask();
  }
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 64 << 20, `${grown >> 20} MiB are still held`);
});

test('what is no view, and a view of memory that is gone, is refused with its name', () => {
  for (const value of [undefined, null, 1, 'text', [], {}, new ArrayBuffer(8), new SharedArrayBuffer(8)]) {
    assert.throws(
      () => checkView(value, 'buffer'),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_TYPE' && error.message.includes('"buffer"'),
    );
  }
  const buffer = new ArrayBuffer(8);
  const view = new Uint8Array(buffer);
  checkView(view, 'buffer');
  assert.not(isDetached(buffer));
  structuredClone(buffer, { transfer: [buffer] });
  assert.ok(isDetached(buffer));
  assert.throws(
    () => checkView(view, 'buffer'),
    (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_VALUE' && error.message.includes("'buffer'"),
  );
  assert.not(isDetached(new ArrayBuffer(0)));
  assert.not(isDetached(new SharedArrayBuffer(0)));
  checkView(new Uint8Array(0), 'buffer');
});

test('empty views of any memory transfer nothing', async () => {
  for (const view of [
    new Uint8Array(0),
    new Uint8Array(new ArrayBuffer(8), 8),
    new Uint8Array(new SharedArrayBuffer(0)),
  ]) {
    assert.is(await perform('fileRead', { on: file, views: [view], offset: 0 }), 0);
    assert.is(await perform('fileWrite', { on: file, views: [view], offset: 0 }), 0);
  }
});

test('several views become pairs of address and length', async () => {
  const [one, two] = [new Uint8Array(3), Buffer.alloc(5)];
  const pairs = new Float64Array(vectorOf([one, new Uint8Array(0), two]).buffer);
  assert.equal([...pairs], [addressOf(one), 3, pairs[2], 0, addressOf(two), 5]);
  assert.is(await perform('fileReadVector', { on: file, views: [one, two], offset: 0 }), 8);
  assert.equal([...one, ...two], [...content.subarray(0, 8)]);
});

test.run();
