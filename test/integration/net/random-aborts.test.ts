// No byte of a stream is lost or doubled by aborts: numbered bytes, sent == received.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Socket } from '../../../src/net/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { onBackends, rings, tinyRings } from '../../support/backends.ts';
import { connection, numbered, type Transport } from '../../support/connections.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { listenersOf } from '../../support/listeners.ts';
import { onWindows } from '../../support/platforms.ts';
import { Random } from '../../support/random.ts';
import { onWine } from '../../support/windows-differences.ts';

const random = new Random();
/** A signal that is aborted at some moment from now to a few milliseconds on, or never. */
function someSignal(): { signal: AbortSignal | undefined; done(): void } {
  const kind = random.below(6);
  if (kind === 0) return { signal: undefined, done: () => {} };
  const abort = new AbortController();
  const fire = (): void => abort.abort('random');
  let timer: NodeJS.Timeout | undefined;
  if (kind === 1) queueMicrotask(fire);
  else if (kind === 2) setImmediate(fire);
  else if (kind === 3) process.nextTick(fire);
  else timer = setTimeout(fire, random.below(3));
  return {
    signal: abort.signal,
    done: () => {
      clearTimeout(timer);
      used.push(abort.signal);
    },
  };
}

const used: AbortSignal[] = [];

// The runtime takes its listener off with the next flush.
async function assertNoListeners(): Promise<void> {
  await macrotask();
  assert.is(used.filter((signal) => listenersOf(signal) > 0).length, 0, 'listeners left on signals');
  used.length = 0;
}

/** Now and then a while in which the other end has to wait. */
async function dawdle(): Promise<void> {
  const kind = random.below(4);
  if (kind === 0) await pause(1 + random.below(4));
  else if (kind === 1) await macrotask();
}

const isAbort = (reason: unknown): boolean =>
  reason === 'random' || (reason instanceof DOMException && reason.name === 'TimeoutError');

async function writeNumbered(socket: Socket, total: number, end: () => Promise<void>): Promise<{ aborted: number }> {
  let aborted = 0;
  for (let sent = 0; sent < total; ) {
    await dawdle();
    const piece = numbered(sent, Math.min(1 + random.below(400_000), total - sent));
    const { signal, done } = someSignal();
    const options = { signal, timeoutMs: random.below(8) === 0 ? 1 + random.below(3) : undefined };
    const half = piece.byteLength >> 1;
    const write =
      random.below(3) === 0
        ? socket.writev([piece.subarray(0, half), piece.subarray(half)], options)
        : socket.write(piece, options);
    try {
      const count = await write;
      if (count < piece.byteLength) aborted++;
      sent += count;
    } catch (reason) {
      if (!isAbort(reason)) throw reason;
      aborted++;
    }
    done();
  }
  await end();
  return { aborted };
}

async function readNumbered(socket: Socket): Promise<{ received: number; aborted: number }> {
  let received = 0;
  let aborted = 0;
  for (;;) {
    await dawdle();
    const { signal, done } = someSignal();
    // Told at once, before the kernel has confirmed: what arrives all the same begins the next read.
    const detachAfterMs = random.below(2) === 0 ? 0 : undefined;
    const detach = detachAfterMs === 0;
    const timeoutMs = random.below(8) === 0 ? 1 + random.below(3) : undefined;
    const options = { signal, timeoutMs, detach, detachAfterMs };
    const size = 1 + random.below(100_000);
    try {
      let bytes: Buffer;
      if (random.below(2) === 0) {
        bytes = await socket.read({ ...options, size });
      } else {
        const buffer = Buffer.alloc(size);
        bytes = buffer.subarray(0, await socket.read(buffer, options));
      }
      done();
      if (bytes.byteLength === 0) return { received, aborted };
      assert.ok(bytes.equals(numbered(received, bytes.byteLength)), `wrong bytes at ${received}`);
      received += bytes.byteLength;
    } catch (reason) {
      if (!isAbort(reason)) throw reason;
      aborted++;
      done();
    }
  }
}

onBackends(import.meta.url, [rings, tinyRings], async ({ settings }) => {
  runtime.configure(settings);
  console.log(`seed ${random.seed}`);
  await (await connection()).close();
  for (const transport of ['tcp', 'local'] as Transport[]) {
    test(`${transport}: sent == received under random aborts and deadlines`, async () => {
      const before = openDescriptors();
      let aborts = 0;
      for (let round = 0; round < 6; round++) {
        const { near, far, endNear, close } = await connection(transport);
        const total = transport === 'local' && onWine('pipesTellNoRoom') ? 800_003 : 8_000_003;
        const [wrote, read] = await deadline(
          Promise.all([writeNumbered(near, total, endNear), readNumbered(far)]),
          `round ${round}`,
          60_000,
        );
        assert.is(read.received, total);
        assert.is(near.bytesWritten, total);
        assert.is(far.bytesRead, total);
        aborts += wrote.aborted + read.aborted;
        await close();
      }
      await assertNoListeners();
      assert.ok(aborts > 100, `only ${aborts} aborts`);
      await assertSameDescriptors(before, 'random aborts');
    });

    test(`${transport}: many calls at once, some aborted in the line, keep the order of the stream`, async () => {
      const { near, far, endNear, close } = await connection(transport);
      const lost: number[] = [];
      const expected: number[] = [];
      let written = 0;
      const writing = Array.from({ length: 2000 }, async (_, index) => {
        const { signal, done } = someSignal();
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32LE(index);
        try {
          const count = await near.write(bytes, { signal });
          // In one piece or not at all, but for a write to a pipe of Windows that is taken back between two bytes.
          if (transport === 'tcp' || !onWindows) assert.is(count, 4);
          expected.push(...bytes.subarray(0, count));
          written++;
        } catch (reason) {
          if (!isAbort(reason)) throw reason;
          lost.push(index);
        }
        done();
      });
      const reading = (async () => {
        const got: number[] = [];
        let ended = false;
        while (!ended) {
          const reads = await Promise.allSettled(
            Array.from({ length: 8 }, () => far.read({ size: 1 + random.below(64), signal: someSignal().signal })),
          );
          for (const one of reads) {
            if (one.status === 'rejected') {
              if (!isAbort(one.reason)) throw one.reason;
              continue;
            }
            ended ||= one.value.byteLength === 0;
            got.push(...one.value);
          }
        }
        return got;
      })();
      await deadline(Promise.all(writing), 'the writes');
      await endNear();
      const got = await deadline(reading, 'the reads');
      assert.equal(got, expected, 'what resolved was received, in order, and nothing else');
      assert.is(lost.length + written, 2000);
      await assertNoListeners();
      await close();
    });
  }
});
