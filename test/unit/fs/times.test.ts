import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileTime } from '../../../src/fs/times.ts';

test('numbers and numeric strings are seconds, to the microsecond', () => {
  assert.equal(fileTime(5, 'atime'), { seconds: 5, nanoseconds: 0 });
  assert.equal(fileTime('5.25', 'atime'), { seconds: 5, nanoseconds: 250_000_000 });
  assert.equal(fileTime(1_234_567_890.123, 'atime'), { seconds: 1_234_567_890, nanoseconds: 123_000_000 });
  assert.equal(fileTime(1_234_567_890.123456, 'atime'), { seconds: 1_234_567_890, nanoseconds: 123_456_000 });
  assert.equal(fileTime(0.9999999, 'atime'), { seconds: 1, nanoseconds: 0 });
});

test('dates are exact', () => {
  assert.equal(fileTime(new Date(1_234_567_890_123), 'atime'), { seconds: 1_234_567_890, nanoseconds: 123_000_000 });
});

test('times before 1970 count their nanoseconds forward, as the system does', () => {
  assert.equal(fileTime(-1.5, 'atime'), { seconds: -2, nanoseconds: 500_000_000 });
  assert.equal(fileTime(new Date(-1500), 'atime'), { seconds: -2, nanoseconds: 500_000_000 });
});

test('what is no time is refused by name', () => {
  for (const time of [
    undefined,
    null,
    '',
    ' ',
    'yesterday',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    5n,
    true,
    {},
    [],
    new Date('x'),
  ]) {
    assert.throws(
      () => fileTime(time, 'mtime'),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_TYPE' && error.message.includes('"mtime"'),
      String(time),
    );
  }
});

test.run();
