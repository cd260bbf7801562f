// Many more operations than rings, blocks and limits hold, and all of them taken back with one signal.

import { closeSync, writeSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../src/runtime/runtime.ts';
import { type Backend, onBackends, rings, threads, tinyRings } from '../support/backends.ts';
import { deadline, macrotask, pause, until } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { listenersOf } from '../support/listeners.ts';
import { perform, timer } from '../support/operations.ts';
import { Family, streamPair } from '../support/sockets.ts';
import { warmRuntime } from '../support/warm.ts';

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

  test('20,000 pending receives on one socket end with one signal, and the next byte is not lost', async () => {
    await warmRuntime();
    const [ours, theirs] = await streamPair(Family.unix);
    const before = openDescriptors();
    const memory = new Uint8Array(16);
    await abortMany(20_000, (signal) => perform('socketReceive', { on: ours, views: [memory] }, { signal }));
    assert.is(writeSync(theirs, Buffer.from('x')), 1);
    await pause(20);
    assert.ok(
      memory.every((byte) => byte === 0),
      'no aborted receive took it',
    );
    assert.is(await deadline(perform('socketReceive', { on: ours, views: [memory] }), 'the next receive'), 1);
    await assertSameDescriptors(before, 'receives');
    closeSync(ours);
    closeSync(theirs);
  });
});
