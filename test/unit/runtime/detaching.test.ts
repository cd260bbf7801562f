import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Detaching } from '../../../src/runtime/detaching.ts';
import { Slot } from '../../../src/runtime/slot.ts';
import { pause } from '../../support/deadline.ts';

function make(): { detaching: Detaching; calls: (string | number)[] } {
  const calls: (string | number)[] = [];
  const detaching = new Detaching(
    () => void calls.push('collect'),
    (slot) => void calls.push(slot.index),
    () => void calls.push('settled'),
  );
  return { detaching, calls };
}

function slot(index: number, detachAfterMs: number, detachable = true): Slot {
  return Object.assign(new Slot(index), { detachAfterMs, detachable });
}

// The timers of this class keep nobody alive.
async function wait(ms: number): Promise<void> {
  await pause(ms);
}

test('operations of one tick and delay are one batch; what is complete is settled before', async () => {
  const { detaching, calls } = make();
  for (const index of [1, 2, 3]) detaching.arm(slot(index, 10));
  detaching.endTick();
  detaching.arm(slot(4, 10));
  assert.equal(calls, []);
  await wait(60);
  assert.equal(calls, ['collect', 1, 2, 3, 'settled', 'collect', 4, 'settled']);
});

test('operations that were completed in time are left alone, and a batch of none costs nothing', async () => {
  const { detaching, calls } = make();
  const [gone, other] = [slot(1, 5), slot(2, 5)];
  detaching.arm(gone);
  gone.generation++;
  await wait(40);
  assert.equal(calls, []);
  detaching.endTick();
  detaching.arm(gone);
  detaching.arm(other);
  gone.generation++;
  await wait(40);
  assert.equal(calls, ['collect', 2, 'settled']);
});

test('one that is completed by the collecting itself is left alone', async () => {
  const calls: number[] = [];
  const only = slot(1, 5);
  const detaching = new Detaching(
    () => void only.generation++,
    ({ index }) => void calls.push(index),
    () => {},
  );
  detaching.arm(only);
  await wait(40);
  assert.equal(calls, []);
});

test('what may not be detached, is detached already, or never is to be, has no timer', async () => {
  const { detaching, calls } = make();
  detaching.arm(slot(1, 5, false));
  detaching.arm(Object.assign(slot(2, 5), { detached: true }));
  detaching.arm(slot(3, Number.POSITIVE_INFINITY));
  await wait(40);
  assert.equal(calls, []);
});

test.run();
