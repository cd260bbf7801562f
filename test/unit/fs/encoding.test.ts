import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesOfText, encodingOf, optionsWithEncoding } from '../../../src/fs/encoding.ts';

test('an encoding is one of Buffer, or bytes', () => {
  assert.is(encodingOf(undefined, 'utf8'), 'utf8');
  assert.is(encodingOf(null, null), null);
  assert.is(encodingOf('buffer', 'utf8'), null);
  for (const encoding of ['utf8', 'utf-8', 'UTF8', 'latin1', 'hex', 'base64url', 'ucs2']) {
    assert.is(encodingOf(encoding, null), encoding);
  }
});

test('an encoding nobody knows is refused', () => {
  assert.throws(
    () => encodingOf('utf9', null),
    (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_VALUE',
  );
  for (const encoding of [5, true, {}]) {
    assert.throws(
      () => encodingOf(encoding, null),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_TYPE',
    );
  }
});

test('options may be just the encoding', () => {
  const known = new Set(['encoding', 'flag']);
  assert.equal(optionsWithEncoding('hex', known), { encoding: 'hex' });
  assert.is(optionsWithEncoding(undefined, known), undefined);
  assert.is(optionsWithEncoding(null, known), undefined);
  const options = { flag: 'r' };
  assert.is(optionsWithEncoding(options, known), options);
  for (const wrong of [5, true, Symbol('a'), () => {}]) {
    assert.throws(
      () => optionsWithEncoding(wrong, known),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_TYPE',
    );
  }
  assert.throws(() => optionsWithEncoding({ enocding: 'hex' }, known), /did you mean 'encoding'/);
});

test('hexadecimal digits that make no whole byte are refused', () => {
  assert.equal(bytesOfText('6869', 'hex'), Buffer.from('hi'));
  assert.throws(
    () => bytesOfText('686', 'hex'),
    (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_VALUE',
  );
});

test.run();
