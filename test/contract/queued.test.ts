// Operations that wait in JavaScript because the kernel has as many as it is given at a time: they are
// taken back there, and never reach the kernel.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../src/runtime/runtime.ts';
import { type Backend, onBackends, rings, threads } from '../support/backends.ts';
import { deadline, macrotask } from '../support/deadline.ts';
import { listenersOf } from '../support/listeners.ts';
import { perform, timer } from '../support/operations.ts';
import { everyScenario } from './scenarios/index.ts';
import { Scene, type Watched } from './scene.ts';
import type { Closable } from './stage.ts';

const maxInFlight = 2;
const reason = { why: 'the test says so' };

/** Runs `act` while the kernel has all it is given. */
async function whileFull(act: () => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const blockers = Array.from({ length: maxInFlight }, () =>
    timer(60_000, { signal: controller.signal }).catch((error: unknown) => error),
  );
  await macrotask();
  assert.is(runtime.counts().inFlight, maxInFlight);
  try {
    await act();
  } finally {
    controller.abort(reason);
    for (const blocker of blockers) assert.is(await blocker, reason);
  }
}

function define({ settings, name }: Backend): void {
  runtime.configure({ ...settings, maxInFlight });

  for (const scenario of everyScenario) {
    if (name === threads.name && scenario.onThreads === undefined) continue;

    test(`${scenario.name}, aborted while queued`, () =>
      Scene.play(scenario, async (scene) => {
        const controller = new AbortController();
        await whileFull(async () => {
          const watched = scene.start({ signal: controller.signal });
          await macrotask();
          assert.is(runtime.counts().queued, 1);
          controller.abort(reason);
          await scene.rejected(watched, reason);
          assert.is(runtime.counts().queued, 0);
        });
      }));

    test(`${scenario.name}, its deadline passes while queued`, () =>
      Scene.play(scenario, async (scene) => {
        await whileFull(async () => {
          const watched = scene.start({ timeoutMs: 10 });
          await scene.rejectedAs(watched, 'TimeoutError');
          assert.is(runtime.counts().queued, 0);
        });
      }));

    const abilities = name === threads.name ? scenario.onThreads : scenario.abilities;
    if (!abilities?.includes('cancel')) continue;

    test(`${scenario.name}, its deadline passes after it left the queue`, () =>
      Scene.play(scenario, async (scene) => {
        const watched: Watched[] = [];
        await whileFull(async () => {
          const one = scene.start({ timeoutMs: 60 });
          watched.push(one);
          await macrotask();
          // On a machine that is busy it has passed already.
          assert.ok(runtime.counts().queued === 1 || one.outcome !== null);
        });
        for (const one of watched) await scene.rejectedAs(one, 'TimeoutError');
      }));

    if (!scenario.abilities.includes('handle')) continue;

    test(`${scenario.name}, closed while queued`, () =>
      Scene.play(scenario, async (scene) => {
        let closed = Promise.resolve();
        await whileFull(async () => {
          const watched = scene.start();
          await macrotask();
          closed = (scene.stage.handle as Closable).close();
          await scene.rejectedAs(watched, 'ECANCELED');
        });
        await deadline(closed, 'close()');
      }));
  }

  test('memory of settled operations stays as it is', () => Scene.curtain());

  test('the queue keeps its order and loses nothing when some are taken back', async () => {
    const controllers = new Map<number, AbortController>();
    const finished: number[] = [];
    const promises: Promise<unknown>[] = [];
    await whileFull(async () => {
      for (let index = 0; index < 3000; index++) {
        const controller = new AbortController();
        if (index % 3 === 0) controllers.set(index, controller);
        promises.push(
          perform('noop', {}, { signal: controller.signal }).then(
            () => finished.push(index),
            (error: unknown) => assert.is(error, reason),
          ),
        );
      }
      await macrotask();
      assert.is(runtime.counts().queued, 3000);
      for (const controller of controllers.values()) controller.abort(reason);
      assert.is(runtime.counts().queued, 2000);
    });
    await deadline(Promise.all(promises), 'everything queued');
    assert.is(finished.length, 2000);
    for (const index of finished) assert.not(controllers.has(index), 'an aborted operation never runs');
    if (name === rings.name) {
      assert.equal(
        finished,
        [...finished].sort((a, b) => a - b),
        'first come, first served',
      );
    }
  });

  test('one listener serves operations that are queued and operations the kernel has', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const promises = Array.from({ length: 100 }, () => timer(60_000, { signal }).catch((error: unknown) => error));
    await macrotask();
    assert.is(listenersOf(signal), 1);
    assert.equal([runtime.counts().inFlight, runtime.counts().queued], [maxInFlight, 100 - maxInFlight]);
    controller.abort(reason);
    for (const error of await deadline(Promise.all(promises), 'all of them')) assert.is(error, reason);
    await macrotask();
    assert.is(listenersOf(signal), 0);
  });
}

onBackends(import.meta.url, [rings, threads], define);
