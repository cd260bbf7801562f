import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFile } from '../../../src/fs/index.ts';
import { Payload } from '../../../src/runtime/payload.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { perform, start } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();

test('numbers are read little-endian from the place of the payload', () => {
  const memory = new ArrayBuffer(64);
  const words = new DataView(memory);
  words.setBigUint64(8, 0xfedc_ba98_7654_3210n, true);
  words.setBigInt64(16, -5n, true);
  words.setInt32(24, -7, true);
  words.setUint8(28, 200);
  const payload = new Payload(memory);
  payload.set(8, 24);
  assert.is(payload.biguint64(0), 0xfedc_ba98_7654_3210n);
  assert.is(payload.bigint64(1), -5n);
  assert.is(payload.int64(1), -5);
  assert.is(payload.int32(16), -7);
  assert.is(payload.byte(20), 200);
  words.setBigUint64(8, 2n ** 53n - 1n, true);
  assert.is(payload.uint64(0), Number.MAX_SAFE_INTEGER);
  words.setBigInt64(8, -(2n ** 53n) + 1n, true);
  assert.is(payload.int64(0), Number.MIN_SAFE_INTEGER);
});

test('copies live on, views show the block', () => {
  const memory = new ArrayBuffer(16);
  const bytes = new Uint8Array(memory).fill(1);
  const payload = new Payload(memory);
  payload.set(4, 8);
  const [copy, view] = [payload.copy(), payload.view(2, 4)];
  bytes.fill(9);
  assert.equal([...copy], Array(8).fill(1));
  assert.equal([...view], [9, 9]);
  assert.is(payload.copy(3, 5).length, 2);
  assert.is(payload.copy(0, 0).length, 0);
});

test('a payload with memory of its own is read from there, and the next one from the block again', () => {
  const payload = new Payload(new ArrayBuffer(16));
  const pool = Buffer.alloc(64);
  pool.writeUInt32LE(77, 8);
  payload.setHeld(pool.subarray(8, 40));
  assert.is(payload.length, 32);
  assert.is(payload.uint64(0), 77);
  assert.throws(() => payload.uint64(4), RangeError);
  payload.set(0, 16);
  assert.is(payload.uint64(0), 0);
});

test('what an operation brings beyond the block arrives whole', async () => {
  const path = join(directory, 'large');
  const content = randomBytes(400 * 1024);
  writeFileSync(path, content);
  const { promise, trace } = start('fileReadWhole', { bytes: path });
  assert.is(await promise, content.length);
  assert.ok(content.equals(trace.payload));
});

test('300 payloads of 100 KiB at a time are not mixed up', async () => {
  const sums = Array.from({ length: 300 }, (_, index) => {
    const content = randomBytes(100 * 1024 + index);
    writeFileSync(join(directory, `part-${index}`), content);
    return createHash('sha1').update(content).digest('hex');
  });
  const contents = await Promise.all(sums.map((_, index) => readFile(join(directory, `part-${index}`))));
  const found = contents.map((content) => createHash('sha1').update(content).digest('hex'));
  assert.equal(found, sums);
});

test('payloads of all sizes around that of the block arrive whole', async () => {
  const sizes = [0, 1, 7, 8, 65_535, 65_536, 65_537, 262_143, 262_144, 262_145, 131_072, 131_073];
  for (let round = 0; round < 3; round++) {
    const contents = sizes.map((size) => randomBytes(size));
    for (const [index, content] of contents.entries()) writeFileSync(join(directory, `size-${index}`), content);
    const started = sizes.map((_, index) => start('fileReadWhole', { bytes: join(directory, `size-${index}`) }));
    await Promise.all(started.map(({ promise }) => promise));
    started.forEach(({ trace }, index) => {
      assert.ok(contents[index]?.equals(trace.payload), `${sizes[index]} bytes`);
    });
  }
});

test('the names of a directory of 2,000 long names arrive whole', async () => {
  const many = temporaryDirectory();
  // Wine reads the whole directory for every name that is looked up in it: 6,000 of them take minutes.
  for (let index = 0; index < 2_000; index++)
    writeFileSync(join(many, `${'a-name-of-a-length'.repeat(12)}-${index}`), '');
  const { promise, trace } = start('pathReadDirectory', { bytes: many });
  assert.is(await promise, 2_000);
  assert.ok(trace.payload.length > 400 * 1024, 'more than the block holds');
  const names = String(trace.payload)
    .split('\0')
    .filter((each) => each !== '')
    .map((each) => each.slice(1));
  assert.equal(new Set(names), new Set(readdirSync(many)));
});

test('more paths in one tick than the staging block holds go in order', async () => {
  const long = `${directory}${'/.'.repeat(1500)}`;
  const results = await Promise.all(
    Array.from({ length: 400 }, (_, index) =>
      perform('pathStatus', { bytes: `${long}/${index % 3 === 0 ? 'large' : 'none'}`, argument0: 1 }).catch(
        ({ code }) => code,
      ),
    ),
  );
  assert.equal(
    results,
    Array.from({ length: 400 }, (_, index) => (index % 3 === 0 ? 0 : 'ENOENT')),
  );
  assert.is(runtime.counts().inFlight, 0);
});

test('paths of characters of one to four bytes arrive as they are', async () => {
  for (const name of ['a', 'ä', '漢字', '🦀🦀', 'é\u0301', ' '.repeat(200), '\ud800'.repeat(3)]) {
    const path = join(directory, name);
    writeFileSync(path, name);
    const { promise, trace } = start('fileReadWhole', { bytes: path });
    await promise;
    assert.is(String(trace.payload), String(Buffer.from(name)));
  }
});

test.run();
