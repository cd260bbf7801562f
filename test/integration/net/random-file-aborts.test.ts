// time limit: 300 s
// Ranges of a file of numbered bytes among numbered writes, aborted at random, their files closed at random: what the
// calls say was sent is what is received, byte for byte.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileHandle, open } from '../../../src/fs/index.ts';
import type { Socket } from '../../../src/net/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { onBackends, rings, tinyRings } from '../../support/backends.ts';
import { type Connection, connection, numbered, type Transport } from '../../support/connections.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { type Road, roadsWithExits, takeRoad } from '../../support/file-roads.ts';
import { listenersOf } from '../../support/listeners.ts';
import { onWindows } from '../../support/platforms.ts';
import { Random } from '../../support/random.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { onWine } from '../../support/windows-differences.ts';

const random = new Random();
const total = 8_000_003;
const used: AbortSignal[] = [];

/** Now, in this turn, in the next, in a few milliseconds, or never. */
function someTime(act: () => void): () => void {
  const kind = random.below(6);
  if (kind === 1) queueMicrotask(act);
  else if (kind === 2) setImmediate(act);
  else if (kind === 3) process.nextTick(act);
  else if (kind > 3) {
    const timer = setTimeout(act, random.below(4));
    return () => clearTimeout(timer);
  }
  return () => {};
}

async function dawdle(): Promise<void> {
  const kind = random.below(4);
  if (kind === 0) await pause(1 + random.below(4));
  else if (kind === 1) await macrotask();
}

function isEnd(reason: unknown): boolean {
  const { name, code } = reason as NodeJS.ErrnoException;
  return reason === 'random' || name === 'TimeoutError' || code === 'ECANCELED' || code === 'EBADF';
}

/** Sends all of the file in calls of every size, and counts those that were ended. */
async function sendNumbered({ near: socket, endNear }: Connection, path: string): Promise<number> {
  let ended = 0;
  let file: FileHandle = await open(path);
  for (let sent = 0; sent < total; ) {
    await dawdle();
    const length = Math.min(1 + random.below(700_000), total - sent);
    const abort = new AbortController();
    used.push(abort.signal);
    const forget = someTime(() => abort.abort('random'));
    const timeoutMs = random.below(8) === 0 ? 1 + random.below(3) : undefined;
    const options = { signal: abort.signal, timeoutMs };
    let closed: Promise<void> | undefined;
    const writes = random.below(5) === 0;
    // Only of a write that has a signal or a deadline it is known what a pipe's other end has read (docs/backends.md).
    const isPipe = onWindows && socket.remoteAddress === undefined;
    const range = { position: sent, length };
    const call = writes
      ? socket.write(numbered(sent, length), options)
      : socket.sendFile(file, isPipe || random.below(2) === 0 ? { ...options, ...range } : range);
    if (!writes && !isPipe && random.below(4) === 0) someTime(() => (closed = file.close()));
    try {
      const count = await call;
      if (count < length) ended++;
      sent += count;
    } catch (reason) {
      if (!isEnd(reason)) throw reason;
      ended++;
    }
    forget();
    // The file may be closed later than the call it was meant for.
    if (closed !== undefined || random.below(10) === 0) {
      await file.close();
      file = await open(path);
    }
  }
  await endNear();
  await file.close();
  return ended;
}

async function readNumbered(socket: Socket): Promise<number> {
  const buffer = Buffer.alloc(200_000);
  for (let received = 0; ; ) {
    await dawdle();
    const count = await socket.read(buffer.subarray(0, 1 + random.below(buffer.byteLength)));
    if (count === 0) return received;
    assert.ok(buffer.subarray(0, count).equals(numbered(received, count)), `wrong bytes at ${received}`);
    received += count;
  }
}

onBackends(
  import.meta.url,
  [rings, tinyRings],
  async ({ settings }) => {
    runtime.configure(settings);
    console.log(`seed ${random.seed}`);
    const path = join(temporaryDirectory(), 'numbered');
    writeFileSync(path, numbered(0, total));
    await (await connection()).close();
    await (await open(path)).close();
    // The system sends files through TCP alone. Byte by byte this would take minutes.
    const local: [Road, Transport][] = onWine('pipesTellNoRoom') ? [] : [['in pieces', 'local']];
    const ways = [...roadsWithExits.map((road): [Road, Transport] => [road, 'tcp']), ...local];
    for (const [road, transport] of ways) {
      test(`${transport}, ${road}: sent == received under random ends`, async () => {
        takeRoad(road);
        const before = openDescriptors();
        let ended = 0;
        for (let round = 0; round < 6; round++) {
          const pair = await connection(transport);
          const { near, far, close } = pair;
          const both = Promise.all([sendNumbered(pair, path), readNumbered(far)]);
          const [ends, received] = await deadline(both, `round ${round}`, 60_000);
          assert.equal([received, near.bytesWritten, far.bytesRead], [total, total, total]);
          ended += ends;
          await close();
        }
        await macrotask();
        assert.is(used.filter((signal) => listenersOf(signal) > 0).length, 0, 'listeners left on signals');
        assert.ok(ended > 50, `only ${ended} ended`);
        await assertSameDescriptors(before, 'random ends');
      });
    }
  },
  240_000,
);
