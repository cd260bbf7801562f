// Many more operations than rings, blocks and limits hold, and all of them taken back with one signal.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../src/binding.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { type Backend, onBackends, rings, threads, tinyRings } from '../support/backends.ts';
import { deadline, macrotask, pause, until } from '../support/deadline.ts';
import { assertSameDescriptors, closeNow, openDescriptors } from '../support/descriptors.ts';
import { Pipe } from '../support/fifo.ts';
import { listenersOf } from '../support/listeners.ts';
import { type OperationName, perform, timer } from '../support/operations.ts';
import { outside } from '../support/outside.ts';
import { datagramPair, Family, streamPair } from '../support/sockets.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { warmRuntime } from '../support/warm.ts';

const directory = temporaryDirectory();
const reason = { why: 'the test says so' };

function idle(): Promise<void> {
  return until(() => {
    const { inFlight, queued, detached } = runtime.counts();
    return inFlight + queued + detached === 0;
  }, 'counts back to nothing');
}

/** Starts `count` of them with one signal, aborts it, and sees every one of them rejected with the reason. */
async function abortMany(count: number, begin: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  let rejected = 0;
  let strange: unknown;
  const settled: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    settled.push(
      begin(signal).then(
        (value) => void (strange ??= `resolved to ${value}`),
        (error: unknown) => void (error === reason ? rejected++ : (strange ??= error)),
      ),
    );
  }
  for (let turn = 0; turn < 5; turn++) await macrotask();
  const { inFlight, queued } = runtime.counts();
  assert.is(inFlight + queued, count, 'all of them pending');
  assert.ok(inFlight <= runtime.settings.maxInFlight, 'no more with the kernel than it is given');
  assert.is(listenersOf(signal), 1, 'one listener');
  controller.abort(reason);
  await deadline(Promise.all(settled), `${count} aborted operations`);
  assert.is(strange, undefined, `not the reason: ${String(strange)}`);
  assert.is(rejected, count);
  await macrotask();
  assert.is(listenersOf(signal), 0);
  await idle();
}

onBackends(import.meta.url, [rings, tinyRings, threads], ({ settings, name }: Backend) => {
  runtime.configure(settings);
  const withSockets = name !== threads.name;

  test('100,000 pending timers end with one signal', async () => {
    await abortMany(100_000, (signal) => timer(600_000, { signal }));
    assert.is(await deadline(perform('noop'), 'an operation afterwards'), 0);
  });

  test('100,000 timers pass', async () => {
    const timers = Array.from({ length: name === rings.name ? 100_000 : 3000 }, () => timer(1));
    await deadline(Promise.all(timers), 'all timers');
    await idle();
  });

  test('operations that finish at once go through whatever holds them, in any number', async () => {
    let finished = 0;
    const noops = Array.from({ length: 50_000 }, () => perform('noop').then(() => finished++));
    await deadline(Promise.all(noops), 'all of them');
    assert.is(finished, 50_000);
    await idle();
  });

  test('every third of many is taken back, the others finish', async () => {
    const controllers: AbortController[] = [];
    let rejected = 0;
    const all = Array.from({ length: 3000 }, (_, index) => {
      if (index % 3 !== 0) return timer(30);
      const controller = new AbortController();
      controllers.push(controller);
      return timer(600_000, { signal: controller.signal }).catch((error: unknown) => {
        assert.is(error, reason);
        rejected++;
      });
    });
    await pause(5);
    for (const controller of controllers) controller.abort(reason);
    await deadline(Promise.all(all), 'all of them');
    assert.is(rejected, 1000);
    await idle();
  });

  if (!withSockets) return;

  interface Place {
    what: string;
    count: number;
    operation: OperationName;
    /** Our end and what has the other one send a byte. */
    open(): Promise<{ ours: number; send(byte: Buffer): number; close(): void }>;
  }

  function overSockets(open: () => Promise<[number, number]>): Place['open'] {
    return async () => {
      const [ours, theirs] = await open();
      return { ours, send: (byte) => outside.write(theirs, byte), close: () => closeNow(theirs) };
    };
  }

  const local = platform === 'win32' ? Family.ipv4 : Family.unix;
  const places: readonly Place[] = [
    { what: 'stream socket', count: 20_000, operation: 'socketReceive', open: overSockets(() => streamPair(local)) },
    {
      what: 'datagram socket',
      count: 5000,
      operation: 'socketReceiveMessage',
      open: overSockets(() => datagramPair(Family.ipv4)),
    },
    {
      what: 'pipe',
      count: 5000,
      operation: 'fileRead',
      open: async () => {
        const pipe = new Pipe(directory);
        return { ours: pipe.descriptor, send: (byte) => pipe.write(byte), close: () => pipe.closePeer() };
      },
    },
  ];
  for (const { what, count, operation, open } of places) {
    test(`${count} pending receives on one ${what} end with one signal, and the next byte is not lost`, async () => {
      await warmRuntime();
      const before = openDescriptors();
      const { ours, send, close } = await open();
      const memory = new Uint8Array(16);
      const receive = { on: ours, views: [memory], offset: -1 };
      await abortMany(count, (signal) => perform(operation, receive, { signal }));
      assert.is(send(Buffer.from('x')), 1);
      await pause(20);
      assert.ok(
        memory.every((byte) => byte === 0),
        'no aborted receive took it',
      );
      assert.is(await deadline(perform(operation, receive), 'the next receive'), 1);
      closeNow(ours);
      close();
      await assertSameDescriptors(before, 'receives');
    });
  }
});
