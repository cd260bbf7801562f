import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pathBytes, pathPair, pathText } from '../../../src/runtime/paths.ts';
import { onWindows } from '../../support/platforms.ts';

/** How the path of a URL begins. */
const drive = onWindows ? 'C:/' : '';

function refuses(path: unknown, code: string, kind: ErrorConstructor = TypeError): void {
  assert.throws(
    () => pathBytes(path, 'place'),
    (error: NodeJS.ErrnoException) => error.code === code && error instanceof kind,
    String(path),
  );
}

test('a path is a string, bytes or a file URL', () => {
  assert.is(pathBytes('a/b'), 'a/b');
  assert.is(pathBytes(''), '');
  assert.is(pathBytes(new URL(`file:///${drive}a/b%20c`)), onWindows ? 'C:\\a\\b c' : '/a/b c');
  assert.equal(pathBytes(Buffer.from('a/b')), Buffer.from('a/b'));
  assert.equal(pathBytes(new Uint8Array([97, 255])), Buffer.from([97, 255]));
});

test('everything else is refused at once, and the message names the argument', () => {
  for (const path of [
    undefined,
    null,
    5,
    true,
    {},
    [],
    () => {},
    Symbol('a'),
    new Uint16Array(2),
    new DataView(new ArrayBuffer(1)),
  ]) {
    refuses(path, 'ERR_INVALID_ARG_TYPE');
  }
  refuses(new URL('http://host/a'), 'ERR_INVALID_URL_SCHEME');
  refuses(new URL(`file:///${drive}a%2Fb`), 'ERR_INVALID_FILE_URL_PATH');
  assert.throws(() => pathBytes(5, 'place'), /"place" argument must be of type string .* Received type number \(5\)/);
});

test('a NUL in a path is refused however it came in', () => {
  refuses('a\0b', 'ERR_INVALID_ARG_VALUE');
  refuses('\0', 'ERR_INVALID_ARG_VALUE');
  refuses(Buffer.from('a\0b'), 'ERR_INVALID_ARG_VALUE');
  refuses(new URL(`file:///${drive}a%00b`), 'ERR_INVALID_ARG_VALUE');
});

test('bytes are copied, so that the caller may use them again', () => {
  const given = Buffer.from('abc');
  const taken = pathBytes(given) as Buffer;
  given.fill('x');
  assert.is(taken.toString(), 'abc');
});

test('a path longer than any system takes keeps enough to be refused by the system', () => {
  assert.is(pathBytes('a'.repeat(1_000_000)).length, 32768);
  // Windows counts units of UTF-16.
  assert.is(pathBytes(Buffer.alloc(1_000_000, 'a')).length, onWindows ? 3 * 32768 : 32768);
});

test('two paths are one with a NUL between them, in bytes when either is', () => {
  assert.is(pathPair('a', 'b'), 'a\0b');
  assert.equal(pathPair(Buffer.from([255]), 'ä'), Buffer.from([255, 0, 0xc3, 0xa4]));
  assert.equal(pathPair('ä', Buffer.from([255])), Buffer.from([0xc3, 0xa4, 0, 255]));
});

test('errors show bytes as text', () => {
  assert.is(pathText('a'), 'a');
  assert.is(pathText(Buffer.from('ä')), 'ä');
});

test.run();
