import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { percentile, spreadOf } from '../../../bench/harness/statistics.ts';

test('the median of an odd count is the value in the middle', () => {
  assert.equal(spreadOf([9, 1, 5]), { median: 5, least: 1, most: 9 });
});

test('the median of an even count lies between the two in the middle', () => {
  assert.equal(spreadOf([10, 1, 4, 2]).median, 3);
});

test('values are compared as numbers, not as text', () => {
  assert.equal(spreadOf([100, 20, 3]), { median: 20, least: 3, most: 100 });
});

test('no values have no median', () => {
  assert.throws(() => spreadOf([]), /no values/);
});

test('a percentile leaves its share of the values below it', () => {
  const values = Array.from({ length: 1000 }, (_, index) => 999 - index);
  assert.is(percentile(values, 0.99), 990);
  assert.is(percentile(values, 0), 0);
  assert.is(percentile(values, 1), 999);
});

test.run();
