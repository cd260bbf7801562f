// src/fs/read-stream.ts, src/fs/write-stream.ts, src/fs/stream-life.ts.

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { deadline, macrotask, pause, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { Pipe } from '../../support/fifo.ts';
import { listenersOf } from '../../support/listeners.ts';
import { loopedFile } from '../../support/looped.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const path = join(directory, 'file');
const contents = Buffer.alloc(300_000);
for (let at = 0; at < contents.length; at++) contents[at] = at % 253;
writeFileSync(path, contents);

async function all(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

// The runtime opens descriptors of its own with its first operation.
test.before(() => fs.stat(path).then(() => undefined));

test('a read stream gives the file and closes it', async () => {
  const before = openDescriptors();
  const file = await fs.open(path);
  const stream = file.createReadStream();
  assert.instance(stream, Readable);
  assert.is(stream.fd, file.fd);
  assert.ok((await all(stream)).equals(contents));
  assert.is(stream.bytesRead, contents.length);
  await deadline(finished(stream), 'the stream');
  assert.is(file.fd, -1);
  await assertSameDescriptors(before, 'a read stream');
});

test('a read stream of a part, in chunks of a size', async () => {
  const sizes = [];
  const file = await fs.open(path);
  const stream = file.createReadStream({ start: 1000, end: 10_999, highWaterMark: 4096 });
  const parts = [];
  for await (const part of stream) {
    sizes.push(part.length);
    parts.push(part);
  }
  assert.ok(Buffer.concat(parts).equals(contents.subarray(1000, 11_000)));
  assert.equal(sizes, [4096, 4096, 1808]);
});

test('a read stream without a start is at the current position, with an end alone it counts from there', async () => {
  const file = await fs.open(path);
  await file.read(Buffer.alloc(100));
  assert.ok((await all(file.createReadStream({ end: 49, autoClose: false }))).equals(contents.subarray(100, 150)));
  assert.ok((await all(file.createReadStream({ end: 0, autoClose: false }))).equals(contents.subarray(150, 151)));
  assert.ok((await all(file.createReadStream())).equals(contents.subarray(151)));
});

test('a read stream of text', async () => {
  const text = join(directory, 'text');
  writeFileSync(text, 'ä'.repeat(1000));
  const file = await fs.open(text);
  let read = '';
  for await (const part of file.createReadStream({ encoding: 'utf8', highWaterMark: 33 })) read += part;
  assert.is(read, 'ä'.repeat(1000));
});

test('lines', async () => {
  const text = join(directory, 'lines');
  writeFileSync(text, 'one\ntwo\r\nthree');
  const file = await fs.open(text);
  const lines = [];
  for await (const line of file.readLines()) lines.push(line);
  assert.equal(lines, ['one', 'two', 'three']);
});

test('lines that are waited for end with an abort', async () => {
  const file = await fs.open(await loopedFile(directory), 'r+');
  const controller = new AbortController();
  await file.write('first\n');
  const reason = new Error('enough');
  const lines: string[] = [];
  const reading = (async () => {
    for await (const line of file.readLines({ signal: controller.signal })) {
      lines.push(line);
      setImmediate(() => controller.abort(reason));
    }
  })();
  await deadline(
    reading.then(
      () => 'ended',
      (error: unknown) => assert.is(error, reason),
    ),
    'the lines',
  );
  assert.equal(lines, ['first']);
  await file.close();
});

test('autoClose: false leaves the file open', async () => {
  const file = await fs.open(path);
  await all(file.createReadStream({ autoClose: false, start: 299_000 }));
  assert.ok(file.fd > 0);
  const writing = file.createReadStream({ autoClose: false });
  writing.destroy();
  await once(writing, 'close');
  assert.ok(file.fd > 0);
  await file.close();
});

test('destroy() takes a pending read back, and the bytes go to the next reader', async () => {
  const file = await fs.open(await loopedFile(directory), 'r+');
  const stream = file.createReadStream({ autoClose: false });
  stream.resume();
  await pause(20);
  stream.destroy();
  await deadline(once(stream, 'close'), 'close');
  await file.write('for the next');
  assert.is((await file.read()).buffer.subarray(0, 12).toString(), 'for the next');
  await file.close();
});

test('destroy(error) of a stream that waits emits that error and closes the file', async () => {
  const looped = await loopedFile(directory);
  const before = openDescriptors();
  const file = await fs.open(looped, 'r+');
  const stream = file.createReadStream();
  stream.resume();
  await pause(10);
  const failure = new Error('mine');
  stream.destroy(failure);
  assert.is(
    await deadline(
      finished(stream).catch((error: unknown) => error),
      'the stream',
    ),
    failure,
  );
  await assertSameDescriptors(before, 'a destroyed stream');
});

test('the signal of a stream destroys it with the reason, and no listener stays', async () => {
  const looped = await loopedFile(directory);
  const before = openDescriptors();
  const controller = new AbortController();
  const { signal } = controller;
  const file = await fs.open(looped, 'r+');
  const stream = file.createReadStream({ signal });
  stream.resume();
  await pause(10);
  const reason = new Error('enough');
  controller.abort(reason);
  assert.is(
    await deadline(
      finished(stream).catch((error: unknown) => error),
      'the stream',
    ),
    reason,
  );
  assert.is(listenersOf(signal), 0);
  const late = (await fs.open(path)).createReadStream({ signal });
  assert.is(
    await deadline(
      finished(late).catch((error: unknown) => error),
      'a stream begun late',
    ),
    reason,
  );
  const ended = new AbortController();
  await all((await fs.open(path)).createReadStream({ signal: ended.signal }));
  await until(() => listenersOf(ended.signal) === 0, 'the listener to go');
  await assertSameDescriptors(before, 'aborted streams');
});

test('the deadline of a stream holds for each read', async () => {
  const file = await fs.open(await loopedFile(directory), 'r+');
  const stream = file.createReadStream({ timeoutMs: 20 });
  const error = await deadline(
    all(stream).catch((reason: unknown) => reason as DOMException),
    'the stream',
  );
  assert.is((error as DOMException).name, 'TimeoutError');
  assert.is(file.fd, -1);
});

test('a stream whose file is closed under it ends with an error', async () => {
  const file = await fs.open(await loopedFile(directory), 'r+');
  const stream = file.createReadStream();
  stream.resume();
  await pause(10);
  const ended = finished(stream).catch((error: NodeJS.ErrnoException) => error.code);
  await file.close();
  assert.is(await deadline(ended, 'the stream'), 'ECANCELED');
});

test('a read that fails is the error of the stream', async () => {
  const file = await fs.open(directory);
  const error = await all(file.createReadStream()).catch((failure: NodeJS.ErrnoException) => failure);
  assert.is((error as NodeJS.ErrnoException).code, 'EISDIR');
  assert.is(file.fd, -1);
});

test('a write stream writes everything in order and closes', async () => {
  const before = openDescriptors();
  const target = join(directory, 'written');
  const file = await fs.open(target, 'w');
  const stream = file.createWriteStream({ highWaterMark: 1000, flush: true });
  assert.instance(stream, Writable);
  for (let at = 0; at < contents.length; at += 777) {
    if (!stream.write(contents.subarray(at, at + 777))) await once(stream, 'drain');
  }
  stream.end();
  await deadline(finished(stream), 'the stream');
  assert.is(stream.bytesWritten, contents.length);
  assert.ok(readFileSync(target).equals(contents));
  await assertSameDescriptors(before, 'a write stream');
});

test('a write stream of text at a place', async () => {
  const target = join(directory, 'placed');
  writeFileSync(target, '..........');
  const file = await fs.open(target, 'r+');
  const stream = file.createWriteStream({ start: 3, encoding: 'latin1' });
  stream.cork();
  stream.write('é');
  stream.write('YY', 'utf8');
  stream.uncork();
  stream.end('5a', 'hex');
  await finished(stream);
  assert.is(readFileSync(target, 'latin1'), '...éYYZ...');
});

test('pipelines through both', async () => {
  const target = join(directory, 'zipped');
  const [from, to] = [await fs.open(path), await fs.open(target, 'w')];
  await deadline(pipeline(from.createReadStream(), createGzip(), to.createWriteStream()), 'the pipeline');
  assert.ok(gunzipSync(readFileSync(target)).equals(contents));
  assert.equal([from.fd, to.fd], [-1, -1]);
});

test('destroying a write stream that waits for room takes the write back', async () => {
  const pipe = new Pipe(directory, 'later');
  const before = openDescriptors();
  const file = await fs.open(pipe.path, 'r+');
  const stream = file.createWriteStream();
  const failure = new Error('mine');
  let told: unknown;
  stream.write(Buffer.alloc(1 << 20), (error) => {
    told = error;
  });
  await pause(20);
  stream.destroy(failure);
  assert.is(
    await deadline(
      finished(stream).catch((error: unknown) => error),
      'the stream',
    ),
    failure,
  );
  assert.ok(told instanceof Error);
  await assertSameDescriptors(before, 'a destroyed write stream');
  pipe.closePeer();
});

onlyOnLinux('/dev/full')('a full disk is the error of the stream', async () => {
  const file = await fs.open('/dev/full', 'w');
  const stream = file.createWriteStream();
  stream.write('x');
  const error = await deadline(
    finished(stream).catch((failure: NodeJS.ErrnoException) => failure),
    'the stream',
  );
  assert.is((error as NodeJS.ErrnoException).code, 'ENOSPC');
  assert.is(file.fd, -1);
});

test('emitClose: false', async () => {
  const file = await fs.open(path);
  const stream = file.createReadStream({ emitClose: false });
  let closed = false;
  stream.on('close', () => (closed = true));
  await all(stream).catch(() => {});
  await until(() => file.fd === -1, 'the file to be closed');
  await macrotask();
  assert.not(closed);
});

test('wrong options are refused at once', async () => {
  const file = await fs.open(path);
  const wrong: [object, string][] = [
    [{ start: -1 }, 'ERR_OUT_OF_RANGE'],
    [{ start: '1' }, 'ERR_INVALID_ARG_TYPE'],
    [{ start: 1.5 }, 'ERR_OUT_OF_RANGE'],
    [{ highWaterMark: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ autoClose: 1 }, 'ERR_INVALID_ARG_TYPE'],
    [{ emitClose: null }, 'ERR_INVALID_ARG_TYPE'],
    [{ encoding: 'utf9' }, 'ERR_INVALID_ARG_VALUE'],
    [{ signal: {} }, 'ERR_INVALID_ARG_TYPE'],
    [{ timeoutMs: 'x' }, 'ERR_INVALID_ARG_TYPE'],
    [{ detach: 1 }, 'ERR_INVALID_ARG_TYPE'],
    [{ singal: undefined }, 'ERR_INVALID_ARG_VALUE'],
  ];
  for (const [options, code] of wrong) {
    for (const make of [() => file.createReadStream(options), () => file.createWriteStream(options)]) {
      assert.throws(make, (error: NodeJS.ErrnoException) => error.code === code, JSON.stringify(options));
    }
  }
  for (const options of [{ end: -1 }, { start: 5, end: 4 }, { end: 1.5 }]) {
    assert.throws(
      () => file.createReadStream(options),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_OUT_OF_RANGE',
    );
  }
  assert.throws(
    () => file.createWriteStream({ flush: 1 } as never),
    (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_TYPE',
  );
  await file.close();
});

test.run();
