// src/fs/web-streams.ts.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadableStream, WritableStreamDefaultWriter } from 'node:stream/web';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { deadline, pause, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { Pipe } from '../../support/fifo.ts';
import { listenersOf } from '../../support/listeners.ts';
import { loopedFile } from '../../support/looped.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const path = join(directory, 'file');
const contents = Buffer.alloc(200_000);
for (let at = 0; at < contents.length; at++) contents[at] = at % 253;
writeFileSync(path, contents);

async function all(stream: ReadableStream): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return deadline(promise, 'the promise').then(
    (value) => assert.unreachable(`it resolved: ${value}`),
    (reason: unknown) => reason,
  );
}

test('a readable gives the file from its current position and leaves it open', async () => {
  const file = await fs.open(path);
  await file.read(Buffer.alloc(10));
  assert.ok((await all(file.readableWebStream())).equals(contents.subarray(10)));
  assert.ok(file.fd > 0);
  assert.ok(
    (await all(file.readableWebStream({ start: 100_000, type: 'bytes', autoClose: true }))).equals(
      contents.subarray(100_000),
    ),
  );
  assert.is(file.fd, -1);
});

test('a reader may bring its own memory', async () => {
  const file = await fs.open(path);
  const reader = file.readableWebStream({ autoClose: true }).getReader({ mode: 'byob' });
  const parts: Buffer[] = [];
  let memory = new ArrayBuffer(1000);
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(memory, 0, 1000));
    if (done) break;
    const part = value as Uint8Array;
    parts.push(Buffer.from(part));
    memory = part.buffer as ArrayBuffer;
    assert.is(memory.byteLength, 1000, 'the memory the reader brought');
  }
  assert.ok(Buffer.concat(parts).equals(contents));
  await reader.closed;
  assert.is(file.fd, -1);
});

test('cancel takes a pending read back, and the bytes go to the next reader', async () => {
  const file = await fs.open(await loopedFile(directory), 'r+');
  for (const mode of [undefined, 'byob'] as const) {
    const stream = file.readableWebStream();
    const reader = mode === undefined ? stream.getReader() : stream.getReader({ mode });
    const reading = reader.read(new Uint8Array(16) as never);
    await pause(10);
    await deadline(reader.cancel('enough'), 'cancel');
    assert.is((await reading).done, true);
    await file.write('for the next');
    assert.is((await file.read()).bytesRead, 12);
  }
  await file.close();
});

test('the signal of a readable makes it fail with the reason, and closes when asked to', async () => {
  const looped = await loopedFile(directory);
  const before = openDescriptors();
  const file = await fs.open(looped, 'r+');
  const controller = new AbortController();
  const reader = file.readableWebStream({ signal: controller.signal, autoClose: true }).getReader();
  const reading = reader.read();
  reading.catch(() => {});
  reader.closed.catch(() => {});
  await pause(10);
  const reason = new Error('enough');
  controller.abort(reason);
  assert.is(await rejection(reading), reason);
  assert.is(listenersOf(controller.signal), 0);
  await assertSameDescriptors(before, 'an aborted readable');
});

test('a read that fails is the error of the stream', async () => {
  const file = await fs.open(directory);
  const error = (await rejection(all(file.readableWebStream({ autoClose: true })))) as NodeJS.ErrnoException;
  assert.is(error.code, 'EISDIR');
  assert.is(file.fd, -1);
});

test('a writable writes texts, buffers and views', async () => {
  const target = join(directory, 'written');
  const file = await fs.open(target, 'w');
  const writer: WritableStreamDefaultWriter = file.writableWebStream({ autoClose: true, flush: true }).getWriter();
  await writer.write('tëxt ');
  await writer.write(Buffer.from('bytes '));
  await writer.write(new Uint8Array([65, 66]).buffer);
  await writer.write(new DataView(new Uint8Array([120, 67, 120]).buffer, 1, 1));
  await writer.close();
  assert.is(readFileSync(target, 'utf8'), 'tëxt bytes ABC');
  assert.is(file.fd, -1);
});

test('piping one file into another', async () => {
  const target = join(directory, 'piped');
  const [from, to] = [await fs.open(path), await fs.open(target, 'w')];
  await from.readableWebStream({ autoClose: true }).pipeTo(to.writableWebStream({ autoClose: true }));
  assert.ok(readFileSync(target).equals(contents));
  assert.equal([from.fd, to.fd], [-1, -1]);
});

test('abort takes a write that waits back', async () => {
  const pipe = new Pipe(directory, 'later');
  const before = openDescriptors();
  const file = await fs.open(pipe.path, 'r+');
  const writer = file.writableWebStream({ autoClose: true }).getWriter();
  const writing = writer.write(new Uint8Array(1 << 20));
  writing.catch(() => {});
  writer.closed.catch(() => {});
  await pause(20);
  await deadline(writer.abort('enough'), 'abort');
  assert.is(await rejection(writing), 'enough');
  await assertSameDescriptors(before, 'an aborted writable');
  pipe.closePeer();
});

test('the signal of a writable makes it fail with the reason', async () => {
  const pipe = new Pipe(directory, 'later');
  const file = await fs.open(pipe.path, 'r+');
  const controller = new AbortController();
  const writer = file.writableWebStream({ signal: controller.signal }).getWriter();
  const writing = writer.write(new Uint8Array(1 << 20));
  writing.catch(() => {});
  writer.closed.catch(() => {});
  await pause(20);
  controller.abort('enough');
  assert.is(await rejection(writing), 'enough');
  assert.is(listenersOf(controller.signal), 0);
  assert.ok(file.fd > 0);
  await file.close();
  pipe.closePeer();
});

test('a chunk that cannot be written is an error of the stream', async () => {
  const file = await fs.open(join(directory, 'wrong'), 'w');
  const writer = file.writableWebStream().getWriter();
  writer.closed.catch(() => {});
  assert.is(((await rejection(writer.write(5))) as NodeJS.ErrnoException).code, 'ERR_INVALID_ARG_TYPE');
  await file.close();
});

onlyOnLinux('/dev/full')('a full disk is an error of the stream', async () => {
  const full = await fs.open('/dev/full', 'w');
  const second = full.writableWebStream({ autoClose: true }).getWriter();
  second.closed.catch(() => {});
  assert.is(((await rejection(second.write('x'))) as NodeJS.ErrnoException).code, 'ENOSPC');
  await until(() => full.fd === -1, 'the file to be closed');
});

test('wrong options are refused at once', async () => {
  const file = await fs.open(path);
  const both: [object, string][] = [
    [{ start: -1 }, 'ERR_OUT_OF_RANGE'],
    [{ highWaterMark: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ autoClose: 1 }, 'ERR_INVALID_ARG_TYPE'],
    [{ signal: {} }, 'ERR_INVALID_ARG_TYPE'],
    [{ singal: undefined }, 'ERR_INVALID_ARG_VALUE'],
  ];
  for (const [options, code] of both) {
    for (const make of [() => file.readableWebStream(options), () => file.writableWebStream(options)]) {
      assert.throws(make, (error: NodeJS.ErrnoException) => error.code === code, JSON.stringify(options));
    }
  }
  assert.throws(
    () => file.readableWebStream({ type: 'text' } as never),
    (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_VALUE',
  );
  await file.close();
});

test.run();
