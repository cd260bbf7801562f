import { constants } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { modeBits, openFlags } from '../../../src/fs/flags.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants;

const words: Record<string, number> = {
  r: O_RDONLY,
  rs: O_RDONLY | O_SYNC,
  sr: O_RDONLY | O_SYNC,
  'r+': O_RDWR,
  'rs+': O_RDWR | O_SYNC,
  'sr+': O_RDWR | O_SYNC,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL,
  xw: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL,
  'w+': O_RDWR | O_CREAT | O_TRUNC,
  'wx+': O_RDWR | O_CREAT | O_TRUNC | O_EXCL,
  'xw+': O_RDWR | O_CREAT | O_TRUNC | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
  ax: O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
  xa: O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
  as: O_WRONLY | O_CREAT | O_APPEND | O_SYNC,
  sa: O_WRONLY | O_CREAT | O_APPEND | O_SYNC,
  'a+': O_RDWR | O_CREAT | O_APPEND,
  'ax+': O_RDWR | O_CREAT | O_APPEND | O_EXCL,
  'xa+': O_RDWR | O_CREAT | O_APPEND | O_EXCL,
  'as+': O_RDWR | O_CREAT | O_APPEND | O_SYNC,
  'sa+': O_RDWR | O_CREAT | O_APPEND | O_SYNC,
};

function code(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

test('every word of Node stands for its flags', () => {
  for (const [word, flags] of Object.entries(words)) assert.is(openFlags(word, 'r'), flags, word);
});

test('absent flags are the default of the call, numbers are themselves', () => {
  assert.is(openFlags(undefined, 'w'), words['w']);
  assert.is(openFlags(null, 'a'), words['a']);
  for (const number of [0, O_RDWR, 0x7fffffff, -1]) assert.is(openFlags(number, 'r'), number);
});

test('words that are none, and values that are neither, are refused', () => {
  for (const flags of ['', 'q', 'R', 'rx', 'xr', 'ws', 'r++', '+r', 'rr', ' r', true, {}, 5n]) {
    assert.is(
      code(() => openFlags(flags, 'r')),
      'ERR_INVALID_ARG_VALUE',
      String(flags),
    );
  }
  for (const flags of [1.5, Number.NaN, 2 ** 31, -(2 ** 31) - 1]) {
    assert.is(
      code(() => openFlags(flags, 'r')),
      'ERR_OUT_OF_RANGE',
      String(flags),
    );
  }
});

test('a mode is a number or octal digits', () => {
  assert.is(modeBits(0o640, 0), 0o640);
  assert.is(modeBits('640', 0), 0o640);
  assert.is(modeBits('0640', 0), 0o640);
  assert.is(modeBits(undefined, 0o666), 0o666);
  assert.is(modeBits(null, 0o666), 0o666);
  assert.is(modeBits(2 ** 32 - 1, 0), 2 ** 32 - 1);
});

test('a mode that is none is refused, an absent one where it is needed too', () => {
  for (const mode of ['', '8', '0o7', '-1', '77777777777777']) {
    assert.is(
      code(() => modeBits(mode, 0)),
      'ERR_INVALID_ARG_VALUE',
      mode,
    );
  }
  for (const mode of [-1, 2 ** 32, 1.5, Number.NaN])
    assert.is(
      code(() => modeBits(mode, 0)),
      'ERR_OUT_OF_RANGE',
    );
  for (const mode of [true, {}, [], 5n])
    assert.is(
      code(() => modeBits(mode, 0)),
      'ERR_INVALID_ARG_TYPE',
    );
  assert.is(
    code(() => modeBits(undefined, null)),
    'ERR_INVALID_ARG_TYPE',
  );
});

test.run();
