import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileLength, lengthOf, longestTransfer, offsetOf, positionOf } from '../../../src/fs/ranges.ts';

function code(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    assert.instance(error, error instanceof RangeError ? RangeError : TypeError);
    return (error as NodeJS.ErrnoException).code;
  }
}

test('absent, null and -1 are the current position', () => {
  for (const position of [undefined, null, -1, -1n]) assert.is(positionOf(position), -1);
});

test('positions are whole numbers up to 2^53 - 1, also as bigint', () => {
  for (const position of [0, 5, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER]) {
    assert.is(positionOf(position), position);
    assert.is(positionOf(BigInt(position)), position);
  }
  for (const position of [-2, 1.5, Number.NaN, Number.POSITIVE_INFINITY, -2n, 2n ** 53n, 2n ** 63n]) {
    assert.is(
      code(() => positionOf(position)),
      'ERR_OUT_OF_RANGE',
      String(position),
    );
  }
  for (const position of ['0', true, {}, []])
    assert.is(
      code(() => positionOf(position)),
      'ERR_INVALID_ARG_TYPE',
    );
});

test('offsets are whole numbers from 0', () => {
  for (const offset of [undefined, null]) assert.is(offsetOf(offset), 0);
  assert.is(offsetOf(7), 7);
  for (const offset of [-1, 1.5, Number.NaN])
    assert.is(
      code(() => offsetOf(offset)),
      'ERR_OUT_OF_RANGE',
    );
  for (const offset of ['0', 1n, true])
    assert.is(
      code(() => offsetOf(offset)),
      'ERR_INVALID_ARG_TYPE',
    );
});

test('a length is what is left, or part of it', () => {
  assert.is(lengthOf(undefined, 10), 10);
  assert.is(lengthOf(null, 0), 0);
  assert.is(lengthOf(4, 10), 4);
  assert.is(lengthOf(0, 10), 0);
  for (const [length, available] of [
    [11, 10],
    [-1, 10],
    [1.5, 10],
    [Number.NaN, 10],
    [undefined, -1],
    [1, -1],
  ]) {
    assert.is(
      code(() => lengthOf(length, available as number)),
      'ERR_OUT_OF_RANGE',
      `${length} of ${available}`,
    );
  }
  for (const length of ['1', 1n, true])
    assert.is(
      code(() => lengthOf(length, 10)),
      'ERR_INVALID_ARG_TYPE',
    );
});

test('a length beyond what the kernel moves in one call is cut to that', () => {
  assert.is(lengthOf(undefined, 2 ** 33), longestTransfer);
  assert.is(lengthOf(2 ** 32, 2 ** 33), longestTransfer);
});

test('a file cannot be shorter than nothing', () => {
  assert.is(fileLength(undefined, 'len'), 0);
  assert.is(fileLength(-5, 'len'), 0);
  assert.is(fileLength(2 ** 40, 'len'), 2 ** 40);
  assert.is(
    code(() => fileLength(1.5, 'len')),
    'ERR_OUT_OF_RANGE',
  );
  assert.is(
    code(() => fileLength('1', 'len')),
    'ERR_INVALID_ARG_TYPE',
  );
});

test.run();
