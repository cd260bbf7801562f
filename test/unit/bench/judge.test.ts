import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, type Series } from '../../../bench/harness/measure.ts';
import type { Bound, Claim } from '../../../bench/harness/scenario.ts';

const series: Series[] = [
  { peer: 'rescind', point: '1', samples: [100, 300, 10].map((value) => ({ value, cpuMicroseconds: 2 })) },
  { peer: 'node', point: '1', samples: [50, 100, 10].map((value) => ({ value, cpuMicroseconds: 8 })) },
];
const [ours, theirs] = [
  { peer: 'rescind', point: '1' },
  { peer: 'node', point: '1' },
];

function claim(must: Bound, stretch?: Bound): Claim {
  return { work: 'work', of: ours, to: theirs, must, ...(stretch === undefined ? {} : { stretch }) };
}

test('a ratio is taken within a round, and its median is judged', () => {
  const { measured, holds } = judge(claim({ atLeast: 2 }), series);
  assert.equal(measured, { median: 2, least: 1, most: 3 });
  assert.ok(holds);
});

test('a bound is kept from its own side only', () => {
  assert.not.ok(judge(claim({ atLeast: 2.1 }), series).holds);
  assert.ok(judge(claim({ atMost: 2 }), series).holds);
  assert.not.ok(judge(claim({ atMost: 1.9 }), series).holds);
});

test('the stretch is judged apart, and does not hold when there is none', () => {
  assert.equal(judge(claim({ atLeast: 1 }, { atLeast: 3 }), series).stretchHolds, false);
  assert.equal(judge(claim({ atLeast: 1 }, { atLeast: 2 }), series).stretchHolds, true);
  assert.equal(judge(claim({ atLeast: 1 }), series).stretchHolds, false);
});

test('a claim without another side is about the value itself', () => {
  const { measured } = judge({ work: 'work', of: ours, must: { atLeast: 1 } }, series);
  assert.is(measured.median, 100);
});

test('a claim about processor time compares that', () => {
  assert.is(judge({ ...claim({ atMost: 0.4 }), quantity: 'cpu' }, series).measured.median, 0.25);
});

test('a claim about what is not measured is refused', () => {
  assert.throws(
    () => judge({ work: 'work', of: { peer: 'nobody', point: '1' }, must: { atLeast: 1 } }, series),
    /nobody at 1, which is not measured/,
  );
});

test.run();
