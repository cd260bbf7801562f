import { setImmediate } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rate } from '../../../bench/harness/rate.ts';

test('rate() keeps as many operations in flight as it is told, each loop one', async () => {
  const busy = new Set<number>();
  let most = 0;
  let started = 0;
  const { value } = await rate(
    8,
    0.01,
    async (loop) => {
      assert.not.ok(busy.has(loop), 'a loop waits for its operation before the next');
      busy.add(loop);
      started++;
      most = Math.max(most, busy.size);
      await setImmediate();
      busy.delete(loop);
    },
    () => {},
  );
  assert.is(most, 8);
  assert.is(busy.size, 0);
  assert.ok(value > 0 && started > 0);
});

test('rate() rejects at once, and stops, when a result is not what it must be', async () => {
  const begin = performance.now();
  const failing = rate(
    4,
    10,
    async (loop) => loop,
    (loop) => {
      if (loop === 3) throw new Error('a short read');
    },
  );
  try {
    await failing;
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, 'a short read');
  }
  await setImmediate();
  assert.ok(performance.now() - begin < 5_000, 'the other loops have stopped');
});

test.run();
