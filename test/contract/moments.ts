// The moments at which an operation can be taken back, each with what must come of it.

import * as assert from 'uvu/assert';
import { deadline, macrotask, occupyThread, pause } from '../support/deadline.ts';
import { listenersOf } from '../support/listeners.ts';
import { perform, timer } from '../support/operations.ts';
import type { Scene, Watched } from './scene.ts';
import type { Ability, Closable } from './stage.ts';

export interface Moment {
  name: string;
  /** What the scenario must offer. */
  needs: readonly Ability[];
  act(scene: Scene): Promise<void>;
}

const reason = { why: 'the test says so' };

function handleOf(scene: Scene): Closable {
  return scene.stage.handle as Closable;
}

const moments: Moment[] = [];
function moment(name: string, needs: Moment['needs'], act: Moment['act']): void {
  moments.push({ name, needs, act });
}

moment('aborted before the call', [], async (scene) => {
  const signal = AbortSignal.abort(reason);
  await scene.rejected(scene.start({ signal }), reason);
});

moment('aborted in the tick of the call', [], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  controller.abort(reason);
  await scene.rejected(watched, reason);
});

moment('aborted a microtask after the flush', ['cancel'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  await Promise.resolve();
  await Promise.resolve();
  controller.abort(reason);
  await scene.rejected(watched, reason);
});

moment('aborted while pending', ['cancel'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  await scene.untilPending(watched);
  assert.is(listenersOf(controller.signal), 1, 'listeners while pending');
  controller.abort(reason);
  await scene.rejected(watched, reason);
});

moment('aborted by every kind of reason', ['cancel'], async (scene) => {
  for (const given of [undefined, null, 0, '', false, Symbol('reason'), new Error('reason'), [1]]) {
    const controller = new AbortController();
    const watched = scene.start({ signal: controller.signal });
    await scene.untilPending(watched);
    controller.abort(given);
    await scene.rejected(watched, controller.signal.reason);
    if (given !== undefined) assert.ok(Object.is(controller.signal.reason, given));
  }
});

moment('aborted twice, then closed', ['handle', 'cancel'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  await scene.untilPending(watched);
  controller.abort(reason);
  controller.abort('another reason');
  const closed = handleOf(scene).close();
  await scene.rejected(watched, reason);
  await deadline(closed, 'close()');
});

moment('aborted again while the first request is on its way', ['cancel'], async (scene) => {
  const controllers = [new AbortController(), new AbortController()] as const;
  const watched = scene.start({ signal: AbortSignal.any(controllers.map(({ signal }) => signal)) });
  await scene.untilPending(watched);
  controllers[0].abort(reason);
  await Promise.resolve();
  controllers[1].abort('another reason');
  await scene.rejected(watched, reason);
});

moment('ended by timeoutMs', ['cancel'], async (scene) => {
  const watched = scene.start({ timeoutMs: 15 });
  await scene.rejectedAs(watched, 'TimeoutError');
});

moment('ended by timeoutMs of nothing', [], async (scene) => {
  await scene.rejectedAs(scene.start({ timeoutMs: 0 }), 'TimeoutError');
});

moment('aborted before its timeoutMs', ['cancel'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal, timeoutMs: 60_000 });
  await scene.untilPending(watched);
  controller.abort(reason);
  await scene.rejected(watched, reason);
});

moment('ended by AbortSignal.timeout', ['cancel'], async (scene) => {
  const signal = AbortSignal.timeout(15);
  const watched = scene.start({ signal });
  await deadline(watched.settled, 'an operation with AbortSignal.timeout');
  await scene.rejected(watched, signal.reason);
});

moment('closed in the tick of the call', ['handle', 'cancel'], async (scene) => {
  const watched = scene.start();
  const closed = handleOf(scene).close();
  await scene.rejectedAs(watched, 'ECANCELED');
  await deadline(closed, 'close()');
});

moment('closed while pending', ['handle', 'cancel'], async (scene) => {
  const watched = scene.start();
  await scene.untilPending(watched);
  const handle = handleOf(scene);
  const closed = handle.close();
  assert.is(handle.close(), closed, 'close() is idempotent');
  await scene.rejectedAs(watched, 'ECANCELED');
  await deadline(closed, 'close()');
  await scene.rejectedAs(scene.start(), 'EBADF');
});

moment('aborted with the signal of others', ['many', 'cancel'], async (scene) => {
  const controller = new AbortController();
  const { signal } = controller;
  const watched = Array.from({ length: 6 }, () => scene.start({ signal }));
  const other = timer(60_000, { signal }).catch((error: unknown) => error);
  await scene.untilPending(...watched);
  const listeners = listenersOf(signal);
  controller.abort(reason);
  for (const one of watched) await scene.rejected(one, reason);
  assert.is(await other, reason);
  assert.ok(listeners <= (scene.stage.listeners ?? 1), `${listeners} listeners for one signal`);
});

moment('left alone when its neighbour is aborted', ['many', 'release', 'cancel'], async (scene) => {
  const controller = new AbortController();
  const stays = scene.start();
  const goes = scene.start({ signal: controller.signal });
  await scene.untilPending(stays, goes);
  controller.abort(reason);
  await scene.rejected(goes, reason);
  assert.is(stays.outcome, null, 'the neighbour is still pending');
  await scene.release();
  await scene.resolved(stays);
});

moment('aborted in the tick of its completion', ['release'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  await scene.untilPending(watched);
  const released = scene.release();
  controller.abort(reason);
  await scene.either(watched, reason);
  await deadline(released, 'release');
});

moment('aborted when the kernel is done and nobody has heard of it', ['release'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  await scene.untilPending(watched);
  const released = scene.release();
  occupyThread(2);
  controller.abort(reason);
  await scene.either(watched, reason);
  await deadline(released, 'release');
});

moment('aborted in the tick of the call that would finish at once', ['release'], async (scene) => {
  const released = scene.release();
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  controller.abort(reason);
  await scene.rejected(watched, reason);
  await deadline(released, 'release');
});

moment('aborted while pending, and let go later', ['release'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  await scene.untilPending(watched);
  controller.abort(reason);
  await pause(20);
  await scene.release();
  await scene.either(watched, reason);
});

moment('closed while pending, and let go later', ['release', 'handle'], async (scene) => {
  const watched = scene.start();
  await scene.untilPending(watched);
  const closed = handleOf(scene).close();
  await pause(20);
  // The other side of a socket may find it closed already.
  await scene.release().catch(() => {});
  const { resolved } = await deadline(watched.settled, 'an operation on a closed handle');
  if (!resolved) await scene.rejectedAs(watched, 'ECANCELED');
  await deadline(closed, 'close()');
});

moment('finished, its signal never used', ['release'], async (scene) => {
  const watched = scene.start({ signal: new AbortController().signal, timeoutMs: 60_000 });
  await scene.untilPending(watched);
  await scene.release();
  await scene.resolved(watched);
});

moment('closed, its signal never used', ['handle', 'cancel'], async (scene) => {
  const watched = scene.start({ signal: new AbortController().signal });
  await scene.untilPending(watched);
  const closed = handleOf(scene).close();
  await scene.rejectedAs(watched, 'ECANCELED');
  await deadline(closed, 'close()');
});

moment('aborted after it finished', ['release'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  await scene.untilPending(watched);
  await scene.release();
  await scene.resolved(watched);
  await macrotask();
  assert.is(listenersOf(controller.signal), 0, 'listeners after it finished');
  controller.abort(reason);
  assert.ok(watched.outcome?.resolved);
});

moment('aborted in its own continuation', ['release'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  const aborted = watched.settled.then(() => controller.abort(reason));
  await scene.untilPending(watched);
  await scene.release();
  await scene.resolved(watched);
  await aborted;
});

moment('aborted in the continuation of another operation', ['cancel'], async (scene) => {
  const controller = new AbortController();
  const watched = scene.start({ signal: controller.signal });
  await perform('noop').then(() => controller.abort(reason));
  await scene.rejected(watched, reason);
});

moment('aborted in the continuation of its neighbour', ['many', 'release'], async (scene) => {
  const controller = new AbortController();
  const first = scene.start();
  const second = scene.start({ signal: controller.signal });
  first.settled.then(() => controller.abort(reason));
  await scene.untilPending(first, second);
  const released = Promise.all([scene.release(), scene.release()]);
  // Which of the two the kernel serves first is its business; the second is told or finished in the end.
  await deadline(Promise.race([first.settled, second.settled]), 'one of two neighbours');
  await deadline(released, 'release');
  await scene.release();
  await scene.resolved(first);
  await scene.either(second, reason);
});

moment('aborted while a listener of the signal starts and aborts others', ['cancel'], async (scene) => {
  const controller = new AbortController();
  const inner = new AbortController();
  const late: Watched[] = [];
  controller.signal.addEventListener(
    'abort',
    () => {
      late.push(scene.start({ signal: controller.signal }));
      late.push(scene.start({ signal: inner.signal }));
      inner.abort(reason);
    },
    { once: true },
  );
  const watched = scene.start({ signal: controller.signal });
  await scene.untilPending(watched);
  controller.abort(reason);
  for (const one of [watched, ...late]) await scene.rejected(one, reason);
  assert.is(late.length, 2);
});

export const everyMoment: readonly Moment[] = moments;
