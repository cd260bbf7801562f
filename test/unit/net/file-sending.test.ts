// Which bytes of a file are sent, and when: on every road.

import { execFileSync } from 'node:child_process';
import { mkdirSync, promises, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileHandle, open } from '../../../src/fs/index.ts';
import { listen } from '../../../src/net/index.ts';
import { connection, numbered, readAll } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { onEveryRoad } from '../../support/file-roads.ts';
import { onWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { onWine } from '../../support/windows-differences.ts';

const directory = temporaryDirectory();
const fileBytes = 3_000_001;
const path = join(directory, 'numbered');
writeFileSync(path, numbered(0, fileBytes));

/** More than a connection takes in whose other end does not read. */
const largeBytes = 64 * 1024 * 1024;

await (await connection()).close();
await (await open(path)).close();

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

onEveryRoad('the bytes asked for arrive, and the current position stays where it is', async () => {
  const file = await open(path);
  await file.read(Buffer.alloc(10));
  const ranges: [options: { position?: number | bigint; length?: number } | undefined, from: number, to: number][] = [
    [undefined, 0, fileBytes],
    [{}, 0, fileBytes],
    [{ position: 1 }, 1, fileBytes],
    [{ position: 5n, length: 1 }, 5, 6],
    [{ length: 0 }, 0, 0],
    [{ position: 7, length: 262_144 }, 7, 262_151],
    [{ position: 262_143, length: 262_145 }, 262_143, 524_288],
    [{ position: fileBytes - 1 }, fileBytes - 1, fileBytes],
    [{ position: fileBytes }, fileBytes, fileBytes],
    [{ position: fileBytes + 1, length: 5 }, fileBytes, fileBytes],
    [{ position: Number.MAX_SAFE_INTEGER - 10, length: 5 }, fileBytes, fileBytes],
    [{ position: 2_000_000, length: 2_000_000 }, 2_000_000, fileBytes],
    [{ length: Number.MAX_SAFE_INTEGER }, 0, fileBytes],
  ];
  for (const [options, from, to] of ranges) {
    const pair = await connection();
    const [received, sent] = await deadline(
      Promise.all([
        readAll(pair.far),
        pair.near.sendFile(file, options).then(async (count) => {
          await pair.near.shutdown();
          return count;
        }),
      ]),
      'a file',
    );
    assert.is(sent, to - from);
    assert.is(pair.near.bytesWritten, to - from);
    assert.ok(received.equals(numbered(0, fileBytes).subarray(from, to)), JSON.stringify([from, to]));
    await pair.close();
  }
  const { buffer } = await file.read(Buffer.alloc(4));
  assert.ok(buffer.equals(numbered(10, 4)));
  await file.close();
});

onEveryRoad('it takes its turn among writes and the end', async () => {
  const file = await open(path);
  const pair = await connection();
  const calls = [
    pair.near.write('first '),
    pair.near.sendFile(file, { position: 4, length: 500_000 }),
    pair.near.write(' second '),
    pair.near.sendFile(file, { length: 3 }),
    pair.near.sendFile(file, { position: 3, length: 300_000 }),
    pair.near.writev([Buffer.from(' '), Buffer.from('third')]),
    pair.near.shutdown(),
  ];
  assert.is(pair.near.pending, calls.length);
  const received = await deadline(readAll(pair.far), 'all of it');
  assert.equal(await Promise.all(calls), [6, 500_000, 8, 3, 300_000, 6, undefined]);
  const expected = [
    Buffer.from('first '),
    numbered(4, 500_000),
    Buffer.from(' second '),
    numbered(0, 300_003),
    Buffer.from(' third'),
  ];
  assert.ok(received.equals(Buffer.concat(expected)));
  assert.is(pair.near.bytesWritten, received.byteLength);
  assert.is(pair.near.pending, 0);
  await pair.close();
  await file.close();
});

onEveryRoad('a write of the same tick waits behind a file that began at once', async () => {
  const file = await open(path);
  const pair = await connection();
  const calls = [pair.near.sendFile(file, { length: 300_000 }), pair.near.write('behind')];
  assert.is(pair.near.pending, 2);
  const received = await deadline(readAll(pair.far, 300_006), 'both');
  assert.equal(await Promise.all(calls), [300_000, 6]);
  assert.is(received.subarray(300_000).toString(), 'behind');
  await pair.close();
  await file.close();
});

onEveryRoad('closed handles reject with EBADF, and an aborted signal comes before them', async () => {
  const file = await open(path);
  const closed = await open(path);
  await closed.close();
  const pair = await connection();
  const error = await rejected(pair.near.sendFile(closed));
  assert.equal([error.code, error.syscall], ['EBADF', 'sendfile']);
  assert.is(codeOf(await rejected(pair.near.sendFile(closed, { length: 0 }))), 'EBADF');
  const signal = AbortSignal.abort('mine');
  assert.is(await rejected(pair.near.sendFile(closed, { signal })), 'mine');
  assert.is((await rejected(pair.near.sendFile(file, { timeoutMs: 0 }))).name, 'TimeoutError');
  const closing = pair.near.close();
  assert.is(codeOf(await rejected(pair.near.sendFile(file))), 'EBADF');
  await closing;
  assert.is(codeOf(await rejected(pair.near.sendFile(file))), 'EBADF');
  assert.is(codeOf(await rejected(pair.near.sendFile(closed))), 'EBADF');
  await pair.close();
  await file.close();
});

onEveryRoad('what cannot be read rejects as a read of it does, and the socket goes on', async (road) => {
  const pair = await connection();
  const folder = join(directory, `folder-${Math.random()}`);
  mkdirSync(folder);
  const unreadable = await open(join(directory, 'written'), 'w');
  await unreadable.write('some');
  const cases: [FileHandle, string][] = [[await open(folder), 'EISDIR']];
  if (road === 'in pieces' || !onWine('unreadableFilesAreSent')) cases.push([unreadable, 'EBADF']);
  for (const [file, code] of cases) {
    const error = await rejected(pair.near.sendFile(file));
    assert.equal([error.code, error.syscall, error.message], [code, 'sendfile', `sendfile ${code}`]);
    await file.close();
  }
  await unreadable.close();
  await pair.near.write('still there');
  assert.is((await pair.far.read()).toString(), 'still there');
  await pair.close();
});

/** A file without positions in which bytes wait. */
async function stream(): Promise<{ file: FileHandle; close(): Promise<void> }> {
  if (!onWindows) {
    const fifo = join(temporaryDirectory(), 'fifo');
    execFileSync('mkfifo', [fifo]);
    const file = await open(fifo, 'r+');
    await file.write('kept');
    return { file, close: () => file.close() };
  }
  const pipe = `\\\\.\\pipe\\rescind-send-${process.pid}-${Math.random()}`;
  const server = await listen({ path: pipe });
  const [socket, file] = await Promise.all([server.accept(), open(pipe, 'r+')]);
  await socket.write('kept');
  const close = async (): Promise<void> => {
    await Promise.all([socket.close(), server.close(), file.close()]);
  };
  return { file, close };
}

onEveryRoad('what has no positions rejects with ESPIPE, and none of its bytes is gone', async () => {
  const { file, close } = await stream();
  const pair = await connection();
  for (const options of [undefined, { position: 5 }, { length: 0 }]) {
    const error = await rejected(pair.near.sendFile(file, options));
    assert.equal([error.code, error.syscall], ['ESPIPE', 'sendfile']);
  }
  assert.is((await file.read()).buffer.toString('latin1', 0, 4), 'kept');
  await pair.close();
  await close();
});

onEveryRoad('a file that gets shorter ends there', async () => {
  const shrinking = join(directory, 'shrinking');
  writeFileSync(shrinking, numbered(0, largeBytes));
  const file = await open(shrinking);
  const pair = await connection();
  const sending = pair.near.sendFile(file);
  await pause(30);
  truncateSync(shrinking, largeBytes / 2);
  const received = readAll(pair.far);
  const sent = await deadline(sending, 'the file');
  await pair.near.shutdown();
  assert.ok(sent <= largeBytes / 2 + 1024 * 1024, String(sent));
  assert.ok((await received).equals(numbered(0, sent)));
  await pair.close();
  await file.close();
});

onEveryRoad('what cannot be a file, a place in one or an option throws at once', async () => {
  const file = await open(path);
  const theirs = await promises.open(path);
  const pair = await connection();
  const fails = (call: () => unknown, code: string, words: RegExp): void =>
    assert.throws(call, (error: NodeJS.ErrnoException) => error.code === code && words.test(error.message));
  const type = 'ERR_INVALID_ARG_TYPE';
  const range = 'ERR_OUT_OF_RANGE';
  const send = (one: unknown, options?: unknown): unknown => pair.near.sendFile(one as FileHandle, options as never);
  for (const one of [undefined, null, 5, path, {}, theirs, Object.create(Object.getPrototypeOf(file))])
    fails(() => send(one), type, /"file" argument must be an instance of FileHandle/);
  fails(() => send(file, 5), type, /options/);
  fails(() => send(file, null), type, /options/);
  fails(() => send(file, { singal: 1 }), 'ERR_INVALID_ARG_VALUE', /signal/);
  fails(() => send(file, { positon: 1 }), 'ERR_INVALID_ARG_VALUE', /position/);
  fails(() => send(file, { signal: {} }), type, /AbortSignal/);
  fails(() => send(file, { timeoutMs: -1 }), range, /timeoutMs/);
  fails(() => send(file, { detach: 1 }), type, /detach/);
  for (const position of [null, '1', {}, true]) fails(() => send(file, { position }), type, /options\.position/);
  for (const position of [-1, 1.5, Number.NaN, 2 ** 53, -1n, 2n ** 53n]) {
    fails(() => send(file, { position }), range, /options\.position/);
  }
  for (const length of [null, '1', 1n]) fails(() => send(file, { length }), type, /options\.length/);
  for (const length of [-1, 0.5, Number.POSITIVE_INFINITY])
    fails(() => send(file, { length }), range, /options\.length/);
  assert.is(pair.near.pending, 0);
  await theirs.close();
  await pair.close();
  await file.close();
});

onEveryRoad('behind the end of the stream there is nothing to send to', async () => {
  const file = await open(path);
  const pair = await connection();
  await pair.near.shutdown();
  const error = await rejected(pair.near.sendFile(file));
  assert.equal([error.code, error.syscall], ['EPIPE', 'sendfile']);
  assert.is(await pair.near.sendFile(file, { length: 0 }), 0);
  await pair.far.write('the other way');
  assert.is((await pair.near.read()).toString(), 'the other way');
  await pair.close();
  await file.close();
});

test.run();
