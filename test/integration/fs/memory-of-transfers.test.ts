// Whatever memory is given to read and write: every kind of view, shared, resizable, empty, detached, large.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { allocate, quiescent } from '../../../src/index.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { loopedFile } from '../../support/looped.ts';
import { outside } from '../../support/outside.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const path = join(directory, 'file');
const contents = Buffer.from(Array.from({ length: 64 }, (_, index) => index + 1));
writeFileSync(path, contents);

const kinds: [name: string, make: (buffer: ArrayBuffer) => NodeJS.ArrayBufferView][] = [
  ['Int8Array', (buffer) => new Int8Array(buffer, 8, 16)],
  ['Uint8Array', (buffer) => new Uint8Array(buffer, 8, 16)],
  ['Uint8ClampedArray', (buffer) => new Uint8ClampedArray(buffer, 8, 16)],
  ['Int16Array', (buffer) => new Int16Array(buffer, 8, 8)],
  ['Uint16Array', (buffer) => new Uint16Array(buffer, 8, 8)],
  ['Int32Array', (buffer) => new Int32Array(buffer, 8, 4)],
  ['Uint32Array', (buffer) => new Uint32Array(buffer, 8, 4)],
  ['Float32Array', (buffer) => new Float32Array(buffer, 8, 4)],
  ['Float64Array', (buffer) => new Float64Array(buffer, 8, 2)],
  ['BigInt64Array', (buffer) => new BigInt64Array(buffer, 8, 2)],
  ['BigUint64Array', (buffer) => new BigUint64Array(buffer, 8, 2)],
  ['DataView', (buffer) => new DataView(buffer, 8, 16)],
  ['Buffer', (buffer) => Buffer.from(buffer, 8, 16)],
];

function bytesOf(view: NodeJS.ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

test('read and write take every kind of view, and count in bytes', async () => {
  const file = await fs.open(path, 'r+');
  for (const [name, make] of kinds) {
    const view = make(new ArrayBuffer(64));
    const result = await file.read(view, 4, 8, 10);
    assert.is(result.buffer, view, name);
    assert.is(result.bytesRead, 8);
    assert.equal([...bytesOf(view)], [0, 0, 0, 0, 11, 12, 13, 14, 15, 16, 17, 18, 0, 0, 0, 0], name);
    assert.equal([...new Uint8Array(view.buffer, 0, 8)], Array(8).fill(0), 'the memory before the view');
    assert.equal([...new Uint8Array(view.buffer, 24)], Array(40).fill(0), 'the memory behind the view');
    const written = await file.write(view, { offset: 4, length: 8, position: 100 });
    assert.is(written.buffer, view);
    assert.is(written.bytesWritten, 8);
    assert.equal([...readFileSync(path).subarray(100)], [11, 12, 13, 14, 15, 16, 17, 18], name);
    await file.truncate(64);
  }
  await file.close();
});

test('shared memory', async () => {
  const file = await fs.open(path, 'r+');
  const view = new Uint8Array(new SharedArrayBuffer(32), 4, 8);
  assert.is((await file.read(view, { position: 1 })).bytesRead, 8);
  assert.equal([...view], [2, 3, 4, 5, 6, 7, 8, 9]);
  assert.is((await file.write(view, { position: 64 })).bytesWritten, 8);
  assert.is((await file.readv([view], 0)).bytesRead, 8);
  assert.equal([...view], [1, 2, 3, 4, 5, 6, 7, 8]);
  await file.truncate(64);
  await file.close();
});

test('a resizable buffer, also after it has grown and shrunk', async () => {
  const file = await fs.open(path);
  const buffer = new (
    ArrayBuffer as unknown as new (
      bytes: number,
      options: object,
    ) => ArrayBuffer & { resize(bytes: number): void }
  )(8, {
    maxByteLength: 4096,
  });
  const view = new Uint8Array(buffer);
  for (const size of [8, 64, 4, 32]) {
    buffer.resize(size);
    assert.is(view.byteLength, size);
    assert.is((await file.read(view, { position: 0 })).bytesRead, size);
    assert.equal([...view], [...contents.subarray(0, size)]);
  }
  await file.close();
});

test('a view that a shrunk buffer has left out of bounds is refused or reads nothing', async () => {
  const file = await fs.open(path);
  const buffer = new (
    ArrayBuffer as unknown as new (
      bytes: number,
      options: object,
    ) => ArrayBuffer & { resize(bytes: number): void }
  )(64, {
    maxByteLength: 64,
  });
  const view = new Uint8Array(buffer, 32, 32);
  buffer.resize(16);
  assert.is(view.byteLength, 0);
  assert.is((await file.read(view, { position: 0 })).bytesRead, 0);
  assert.throws(
    () => file.read(view, { length: 4 }),
    (error: NodeJS.ErrnoException) => error.code === 'ERR_OUT_OF_RANGE',
  );
  await file.close();
});

test('a detached buffer is refused at once', async () => {
  const file = await fs.open(path, 'r+');
  const view = new Uint8Array(16);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  const calls = [
    () => file.read(view),
    () => file.read({ buffer: view }),
    () => file.write(view),
    () => file.readv([Buffer.alloc(4), view]),
    () => file.writev([view]),
  ];
  for (const call of calls) {
    assert.throws(
      call,
      (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_VALUE' && /detached/.test(error.message),
    );
  }
  await file.close();
});

test('a buffer moved away in the middle of a read does not harm: the read ends as it would', async () => {
  const file = await fs.open(await loopedFile(directory), 'r+');
  const view = new Uint8Array(8);
  const reading = file.read(view);
  await pause(5);
  const moved = structuredClone(view.buffer, { transfer: [view.buffer] });
  await file.write('12345678');
  assert.is((await deadline(reading, 'read')).bytesRead, 8);
  assert.is(moved.byteLength, 8);
  await file.close();
});

test('buffers of the runtime', async () => {
  const file = await fs.open(path);
  const view = allocate(64);
  assert.is((await file.read(view, { position: 0 })).bytesRead, 64);
  assert.equal(Buffer.from(view), contents);
  await file.close();
});

test('after settling the kernel leaves the buffer alone; quiescent() says when it does after a detach', async () => {
  const file = await fs.open(await loopedFile(directory), 'r+');
  const buffer = Buffer.alloc(8);
  const controller = new AbortController();
  const reading = file.read(buffer, { signal: controller.signal, detach: true, detachAfterMs: 1 });
  await pause(5);
  controller.abort('enough');
  assert.is(
    await deadline(
      reading.catch((reason: unknown) => reason),
      'read',
    ),
    'enough',
  );
  await deadline(quiescent(buffer.buffer), 'quiescent');
  await file.write('12345678');
  await pause(20);
  assert.equal(buffer, Buffer.alloc(8));
  await file.close();
});

test('positions beyond 2^32, as numbers and as bigint', async () => {
  const sparse = join(directory, 'sparse');
  const file = await fs.open(sparse, 'w+');
  outside.allowHoles(file.fd);
  const far = 2 ** 32 + 12_345;
  await file.write('far', far);
  await file.write(Buffer.from('further'), { position: 2 ** 41 });
  assert.is((await file.stat()).size, 2 ** 41 + 7);
  assert.is((await file.stat({ bigint: true })).size, 2n ** 41n + 7n);
  assert.is((await file.read(Buffer.alloc(3), { position: far })).buffer.toString(), 'far');
  assert.is((await file.read(Buffer.alloc(7), 0, 7, 2n ** 41n)).buffer.toString(), 'further');
  assert.is(Buffer.concat((await file.readv([Buffer.alloc(3)], far)).buffers).toString(), 'far');
  await file.writev([Buffer.from('a'), Buffer.from('b')], far + 3);
  assert.is((await file.read(Buffer.alloc(5), { position: BigInt(far) })).buffer.toString(), 'farab');
  await file.truncate(2 ** 33);
  assert.is(statSync(sparse).size, 2 ** 33);
  await file.allocate(2 ** 32, 4096);
  assert.ok((await file.stat()).blocks >= 8);
  await file.close();
  await fs.unlink(sparse);
});

test('a transfer above 2 GiB is a short one', async () => {
  const zero = await fs.open(devNull, 'w');
  const { bytesWritten } = await zero.write(new Uint8Array(new ArrayBuffer(2 ** 31 + 4096)));
  assert.is(bytesWritten, 0x7ffff000);
  await zero.close();
});

test('a file above 2 GiB is not read whole', async () => {
  const sparse = join(directory, 'large');
  const file = await fs.open(sparse, 'w');
  outside.allowHoles(file.fd);
  await file.truncate(2 ** 31);
  await file.close();
  for (const call of [
    () => fs.readFile(sparse),
    async () => {
      const opened = await fs.open(sparse);
      return opened.readFile().finally(() => opened.close());
    },
  ]) {
    const error = await call().then(
      () => assert.unreachable(),
      (reason: unknown) => reason as NodeJS.ErrnoException,
    );
    assert.instance(error, RangeError);
    assert.is((error as NodeJS.ErrnoException).code, 'ERR_FS_FILE_TOO_LARGE');
  }
  await fs.unlink(sparse);
});

test('many views go out in order, in as many calls as they take', async () => {
  const target = join(directory, 'views');
  const file = await fs.open(target, 'w+');
  const views = Array.from({ length: 2500 }, (_, index) => Buffer.from(`${index},`));
  const all = Buffer.concat(views);
  assert.is((await file.writev(views)).bytesWritten, all.length);
  assert.equal(readFileSync(target), all);
  await file.writev(views, 5);
  assert.equal(readFileSync(target).subarray(5), all);
  const into = Array.from({ length: 2500 }, () => Buffer.alloc(2));
  const { bytesRead, buffers } = await file.readv(into, 5);
  assert.is(bytesRead, 2048);
  assert.is(buffers, into);
  assert.equal(Buffer.concat(into.slice(0, 1024)), all.subarray(0, 2048));
  await file.close();
});

test('the array of a vectored call may be changed while it is pending', async () => {
  const file = await fs.open(await loopedFile(directory), 'r+');
  const [first, second] = [Buffer.alloc(2), Buffer.alloc(2)];
  const given = [first, second];
  const reading = file.readv(given);
  given.length = 0;
  await file.write('abcd');
  assert.is((await deadline(reading, 'readv')).buffers, given);
  assert.is(`${first}${second}`, 'abcd');
  await file.close();
});

test('also when it takes several calls', async () => {
  const file = await fs.open(join(directory, 'emptied'), 'w+');
  const given = Array.from({ length: 2500 }, (_, index) => Buffer.from(`${index},`));
  const all = Buffer.concat(given);
  const writing = file.writev(given);
  given.length = 0;
  assert.is((await writing).bytesWritten, all.length);
  assert.equal(await fs.readFile(join(directory, 'emptied')), all);
  await file.close();
});

onlyOnLinux('O_DIRECT')('an O_DIRECT file', async () => {
  const { O_DIRECT, O_RDONLY } = fs.constants as typeof fs.constants & { O_DIRECT: number };
  const target = join(directory, 'direct');
  writeFileSync(target, Buffer.alloc(8192, 'd'));
  let file: Awaited<ReturnType<typeof fs.open>>;
  try {
    file = await fs.open(target, O_RDONLY | O_DIRECT);
  } catch (error) {
    // A tmpfs may have no O_DIRECT.
    assert.is((error as NodeJS.ErrnoException).code, 'EINVAL');
    return;
  }
  const memory = Buffer.alloc(12288);
  const address = (4096 - (memory.byteOffset % 4096)) % 4096;
  const aligned = memory.subarray(address, address + 4096);
  const outcome = await file.read(aligned, { position: 4096 }).then(
    ({ bytesRead }) => bytesRead,
    (error) => error.code,
  );
  // The buffer's place in memory decides: 4 KiB boundaries, or less where the device says so.
  assert.ok(outcome === 4096 || outcome === 'EINVAL', String(outcome));
  await file.close();
});

test.run();
