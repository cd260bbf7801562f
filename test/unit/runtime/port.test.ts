import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPort } from '../../../src/runtime/port.ts';

test('ports are taken as numbers and as strings of numbers', () => {
  assert.is(checkPort(0, 'port'), 0);
  assert.is(checkPort(65535, 'port'), 65535);
  assert.is(checkPort('8080', 'port'), 8080);
  assert.is(checkPort('0x50', 'port'), 80);
  assert.is(checkPort(1, 'port', 1), 1);
});

test('what is no port throws a RangeError that names and shows it', () => {
  const wrong = [
    -1,
    65536,
    1.5,
    Number.NaN,
    Infinity,
    '',
    '  ',
    'http',
    '80a',
    null,
    undefined,
    {},
    [],
    [80],
    true,
    80n,
    Symbol('80'),
  ];
  for (const value of wrong) {
    assert.throws(
      () => checkPort(value, 'options.port'),
      (error: NodeJS.ErrnoException) =>
        error instanceof RangeError &&
        error.code === 'ERR_SOCKET_BAD_PORT' &&
        error.message.startsWith('options.port should be'),
      String(value),
    );
  }
  assert.throws(() => checkPort(0, 'port', 1), /port should be > 0 and < 65536. Received 0/);
});

test.run();
