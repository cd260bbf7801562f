// What ends a file on its way through a socket: signals, deadlines, and the close of either, while it waits and while it
// is sent.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openFileOf } from '../../../src/fs/file-handle.ts';
import { open } from '../../../src/fs/index.ts';
import type { OpenFile } from '../../../src/fs/open-file.ts';
import { sendFile } from '../../../src/net/file-sending.ts';
import { SocketHandle } from '../../../src/net/socket-handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { type Connection, connection, fill, numbered, readAll } from '../../support/connections.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { closeNow } from '../../support/descriptors.ts';
import { onEveryRoad, onRoads, roadsWithExits } from '../../support/file-roads.ts';
import { listenersOf } from '../../support/listeners.ts';
import { rejected } from '../../support/rejection.ts';
import { Family, streamPair } from '../../support/sockets.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const path = join(directory, 'numbered');
writeFileSync(path, numbered(0, 3_000_001));

/** More than a connection takes in whose other end does not read. */
const largeBytes = 64 * 1024 * 1024;
const largePath = join(directory, 'large');
writeFileSync(largePath, numbered(0, largeBytes));

await (await connection()).close();
await (await open(path)).close();

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

/** What is sent until the end of the stream, from the moment it is asked for. */
async function readToEnd(pair: Connection): Promise<Buffer> {
  const [bytes] = await deadline(Promise.all([readAll(pair.far), pair.near.shutdown()]), 'the rest of the stream');
  return bytes;
}

onEveryRoad('aborted half-way it resolves with what was sent', async () => {
  const file = await open(largePath);
  const pair = await connection();
  const abort = new AbortController();
  const sending = pair.near.sendFile(file, { signal: abort.signal });
  await pause(50);
  assert.is(listenersOf(abort.signal), 1);
  assert.is(pair.near.pending, 1);
  abort.abort('enough');
  const sent = await deadline(sending, 'the aborted file');
  assert.ok(sent > 0 && sent < largeBytes, String(sent));
  assert.is(pair.near.bytesWritten, sent);
  assert.is(pair.near.pending, 0);
  await macrotask();
  assert.is(listenersOf(abort.signal), 0);
  const received = await readToEnd(pair);
  assert.is(received.byteLength, sent);
  assert.ok(received.equals(numbered(0, sent)));
  await pair.close();
  await file.close();
});

onEveryRoad('its deadline passes half-way: the same', async () => {
  const file = await open(largePath);
  const pair = await connection();
  const sent = await deadline(pair.near.sendFile(file, { timeoutMs: 50 }), 'the late file');
  assert.ok(sent > 0 && sent < largeBytes, String(sent));
  assert.ok((await readToEnd(pair)).equals(numbered(0, sent)));
  await pair.close();
  await file.close();
});

onEveryRoad(
  'what moved nothing rejects: with the reason, with TimeoutError, and with what the connection says',
  async () => {
    const file = await open(largePath);
    const pair = await connection();
    const filled = await fill(pair.near);
    let sent = 0;
    const reason = { why: 'mine' };
    for (const [options, holds] of [
      [() => ({ signal: abortedIn(20, reason) }), (error: unknown) => error === reason],
      [() => ({ timeoutMs: 20 }), (error: unknown) => (error as Error).message.includes('within 20 ms')],
    ] as const) {
      const [outcome] = await Promise.allSettled([pair.near.sendFile(file, { position: sent, ...options() })]);
      // A connection may take in some more.
      if (outcome.status === 'fulfilled') sent += outcome.value;
      else assert.ok(holds(outcome.reason), String(outcome.reason));
    }
    const received = await readToEnd(pair);
    assert.is(received.byteLength, filled + sent);
    assert.ok(received.subarray(filled).equals(numbered(0, sent)));
    // Closed with bytes unread, the other end resets the connection.
    await pair.near.close();
    await pair.close();
    const other = await connection();
    await other.near.write('unread');
    await pause(10);
    await other.far.close();
    await pause(20);
    const first = await Promise.allSettled([other.near.sendFile(file)]);
    const error = first[0].status === 'rejected' ? first[0].reason : await rejected(other.near.sendFile(file));
    assert.match(String(codeOf(error)), /^(?:ECONNRESET|EPIPE|ECONNABORTED|ENOTCONN)$/);
    assert.is(error.syscall, 'sendfile');
    await other.close();
    await file.close();
  },
);

function abortedIn(ms: number, reason: unknown): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
}

onRoads(roadsWithExits, 'closing the file ends what it is sent by, and waits for it', async () => {
  const file = await open(largePath);
  const pairs = [await connection(), await connection()] as const;
  const settled: string[] = [];
  const calls = pairs.map(({ near }, index) => near.sendFile(file).finally(() => settled.push(`call ${index}`)));
  await pause(50);
  const closed = file.close();
  assert.is(file.close(), closed);
  assert.is(codeOf(await rejected(pairs[0].near.sendFile(file))), 'EBADF');
  await deadline(closed, 'close()');
  settled.push('closed');
  assert.equal(settled.sort(), ['call 0', 'call 1', 'closed']);
  for (const [index, pair] of pairs.entries()) {
    const sent = (await calls[index]) as number;
    assert.ok(sent > 0 && sent < largeBytes, String(sent));
    assert.ok((await readToEnd(pair)).equals(numbered(0, sent)));
    await pair.close();
  }
});

onEveryRoad('closing the file takes it out of the line at once, and nobody else', async () => {
  const file = await open(largePath);
  const other = await open(path);
  const pair = await connection();
  const first = pair.near.write(numbered(0, 20_000_000));
  const waiting = [pair.near.sendFile(file), pair.near.sendFile(file, { timeoutMs: 60_000 })];
  const behind = [pair.near.sendFile(other, { length: 10 }), pair.near.write('last')];
  assert.is(pair.near.pending, 5);
  const ends = Promise.all(waiting.map(rejected));
  await deadline(file.close(), 'close(), while the line stands still');
  for (const error of await ends) {
    assert.equal([error.code, error.syscall], ['ECANCELED', 'sendfile']);
  }
  assert.is(pair.near.pending, 3);
  const received = await deadline(readAll(pair.far, 20_000_014), 'the others');
  assert.equal(await Promise.all([first, ...behind]), [20_000_000, 10, 4]);
  assert.ok(received.subarray(20_000_000).equals(Buffer.concat([numbered(0, 10), Buffer.from('last')])));
  await pair.close();
  await other.close();
});

onEveryRoad('a call in the line is taken out by its abort and its deadline at once', async () => {
  const file = await open(path);
  const pair = await connection();
  const first = pair.near.write(numbered(0, 20_000_000));
  const abort = new AbortController();
  const waiting = [pair.near.sendFile(file, { signal: abort.signal }), pair.near.sendFile(file, { timeoutMs: 10 })];
  abort.abort('mine');
  assert.is(await rejected(waiting[0] as Promise<number>), 'mine');
  assert.match((await rejected(waiting[1] as Promise<number>)).message, /within 10 ms/);
  // Nothing of them holds the file.
  await deadline(file.close(), 'close()');
  await readAll(pair.far, 20_000_000);
  assert.is(await first, 20_000_000);
  await pair.close();
});

onRoads(roadsWithExits, 'socket and file closed at once, in either order, end it once', async () => {
  for (const order of ['socket', 'file']) {
    for (const waits of [false, true]) {
      const file = await open(largePath);
      const pair = await connection();
      const filled = pair.near.write(numbered(0, 20_000_000)).catch(() => 0);
      if (!waits) await readAll(pair.far, 20_000_000).then(() => filled);
      const sending = Promise.allSettled([pair.near.sendFile(file)]);
      await pause(20);
      const closings =
        order === 'socket' ? [pair.near.close(), file.close()] : [file.close(), pair.near.close(), file.close()];
      await deadline(Promise.all(closings), `closing both, the ${order} first`);
      const [outcome] = await deadline(sending, 'the call');
      if (outcome.status === 'rejected') assert.is(codeOf(outcome.reason), 'ECANCELED');
      else assert.ok(!waits && outcome.value > 0, 'bytes only when it was its turn');
      await pair.close();
    }
  }
});

onRoads(roadsWithExits, 'closing in the tick of the call and from inside a continuation', async () => {
  for (const close of ['file', 'socket'] as const) {
    const file = await open(largePath);
    const pair = await connection();
    const sending = Promise.allSettled([pair.near.sendFile(file)]);
    await deadline(close === 'file' ? file.close() : pair.near.close(), 'close()');
    const [outcome] = await sending;
    if (outcome.status === 'rejected') assert.is(codeOf(outcome.reason), 'ECANCELED');
    await Promise.all([file.close(), pair.near.close()]);
    const received = await deadline(readAll(pair.far), 'what was sent');
    assert.ok(received.equals(numbered(0, outcome.status === 'fulfilled' ? outcome.value : 0)));
    await pair.close();
  }
  const file = await open(largePath);
  const pair = await connection();
  const first = pair.near.write('first');
  const sending = Promise.allSettled([pair.near.sendFile(file)]);
  // The line goes on in the same turn.
  await first.then(() => deadline(file.close(), 'close() in a continuation'));
  const [outcome] = await sending;
  const sent = outcome.status === 'fulfilled' ? outcome.value : 0;
  const received = await readToEnd(pair);
  assert.ok(received.equals(Buffer.concat([Buffer.from('first'), numbered(0, sent)])));
  await pair.close();
});

onEveryRoad('aborted, then closed, it is the abort that has ended it', async () => {
  for (const close of ['file', 'socket'] as const) {
    const file = await open(path);
    const pair = await connection();
    const abort = new AbortController();
    // Its first piece may have been read in the call.
    const outcome = rejected(pair.near.sendFile(file, { signal: abort.signal }));
    abort.abort('mine');
    const closed = close === 'file' ? file.close() : pair.near.close();
    assert.is(await deadline(outcome, 'the call'), 'mine');
    await closed;
    await Promise.all([file.close(), pair.close()]);
  }
});

onEveryRoad('its turn may come when a handle is closing and has not said so yet', async () => {
  for (const close of ['file', 'socket'] as const) {
    const file = await open(path);
    const [ours, theirs] = await streamPair(Family.ipv4);
    const handle = new SocketHandle(runtime, ours, 'tcp');
    handle.sending.hold();
    const opened = openFileOf(file) as OpenFile;
    const calls = [0, 10].map((length) => sendFile(handle, opened, { position: 0, length }, undefined));
    handle.sending.letGo();
    const closed = close === 'file' ? file.close() : handle.close();
    for (const error of await Promise.all(calls.map(rejected))) {
      assert.equal([error.code, error.syscall], ['ECANCELED', 'sendfile']);
    }
    await deadline(closed, 'close()');
    assert.not(handle.sending.taken);
    await Promise.all([file.close(), handle.close()]);
    closeNow(theirs);
  }
});

test.run();
