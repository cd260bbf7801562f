// When the system sends a file by itself, and what is made of its answers.

import { tracingChannel } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnoOf } from '../../../src/errors.ts';
import { openFileOf } from '../../../src/fs/file-handle.ts';
import { type FileHandle, open } from '../../../src/fs/index.ts';
import type { OpenFile } from '../../../src/fs/open-file.ts';
import { sendFile, transmitting } from '../../../src/net/file-sending.ts';
import { SocketHandle } from '../../../src/net/socket-handle.ts';
import type { AnyKind } from '../../../src/runtime/operation.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { Operation } from '../../../src/wire/operations.ts';
import { connection, numbered, readAll } from '../../support/connections.ts';
import { closeNow } from '../../support/descriptors.ts';
import { takeRoad } from '../../support/file-roads.ts';
import { outside } from '../../support/outside.ts';
import { rejected } from '../../support/rejection.ts';
import { Family, streamPair } from '../../support/sockets.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const path = join(temporaryDirectory(), 'numbered');
writeFileSync(path, numbered(0, 300_000));

test('what a signal or a deadline may end goes in pieces: the system would take the connection down', async () => {
  takeRoad('by the system');
  const file = await open(path);
  const pair = await connection();
  let operations = 0;
  const count = (): void => void operations++;
  const { start } = tracingChannel('rescind:socketSendFile');
  start.subscribe(count);
  const { signal } = new AbortController();
  for (const [options, expected] of [
    [{}, 1],
    [{ signal }, 0],
    [{ timeoutMs: 60_000 }, 0],
    [{ detach: true }, 1],
  ] as const) {
    operations = 0;
    const received = readAll(pair.far, 300_000);
    assert.is(await pair.near.sendFile(file, { ...options, length: 300_000 }), 300_000);
    assert.ok((await received).equals(numbered(0, 300_000)));
    assert.is(operations, expected, JSON.stringify(options));
  }
  start.unsubscribe(count);
  await pair.close();
  await file.close();
});

/** A socket on which the system's own sending answers as it is told, with its peer. */
async function answering(answer: (kind: AnyKind, sending: unknown) => unknown): Promise<[SocketHandle, number]> {
  const [ours, theirs] = await streamPair(Family.ipv4);
  const start = (kind: AnyKind, resource: unknown, ...rest: unknown[]): Promise<unknown> => {
    if (kind.operation === Operation.socketSendFile) return new Promise((resolve) => resolve(answer(kind, resource)));
    return (runtime.start as (...given: unknown[]) => Promise<unknown>).call(runtime, kind, resource, ...rest);
  };
  const cancelAll = runtime.cancelAll.bind(runtime);
  return [new SocketHandle({ start, cancelAll } as never, ours, 'tcp'), theirs];
}

async function send(handle: SocketHandle, file: FileHandle, length: number): Promise<number> {
  return sendFile(handle, openFileOf(file) as OpenFile, { position: 0, length }, undefined);
}

test('what the system does not send by itself goes in pieces, also behind what it has sent', async () => {
  takeRoad('by the system');
  const { mostBytes } = transmitting;
  transmitting.mostBytes = 10;
  const file = await open(path);
  for (const code of ['ENOSYS', 'ENOTSUP']) {
    let asked = 0;
    const [handle, theirs] = await answering((kind, sending) => {
      return ++asked === 1 ? 10 : kind.recover?.(errnoOf(code), sending, 0);
    });
    assert.is(await send(handle, file, 300), 300);
    assert.is(asked, 2);
    await handle.close();
    const received = Buffer.alloc(300);
    assert.is(outside.read(theirs, received), 290);
    assert.ok(received.subarray(0, 290).equals(numbered(10, 290)));
    closeNow(theirs);
  }
  transmitting.mostBytes = mostBytes;
  await file.close();
});

test('fewer bytes than asked for are the end', async () => {
  takeRoad('by the system');
  const file = await open(path);
  for (const count of [0, 299]) {
    let asked = 0;
    const [handle, theirs] = await answering(() => (++asked === 1 ? count : assert.unreachable('it goes on')));
    assert.is(await send(handle, file, 300), count);
    assert.is(handle.sending.bytes, count);
    await handle.close();
    closeNow(theirs);
  }
  await file.close();
});

test('a connection the system has taken down is an error, but to who closes the socket', async () => {
  takeRoad('by the system');
  const file = await open(path);
  for (const [closes, code] of [
    [false, 'ECONNABORTED'],
    [true, 'ECANCELED'],
  ] as const) {
    const [handle, theirs] = await answering((kind, sending) => {
      if (closes) void handle.close();
      return kind.recover?.(errnoOf('ECONNABORTED'), sending, 0);
    });
    const error = await rejected(send(handle, file, 300));
    assert.equal([error.code, error.syscall], [code, 'sendfile']);
    await handle.close();
    closeNow(theirs);
  }
  await file.close();
});

test.run();
