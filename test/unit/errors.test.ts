import * as fs from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkBoolean,
  checkInteger,
  checkString,
  closedWhilePending,
  errnoOf,
  invalidType,
  invalidValue,
  outOfRange,
  systemError,
  systemErrorByCode,
  timeoutError,
} from '../../src/errors.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const inside = (name: string): string => join(directory, name);
fs.mkdirSync(inside('full'));
fs.writeFileSync(inside('full/file'), '');
fs.symlinkSync('loop', inside('loop'));

type Fields = Record<string, unknown>;

function caught(call: () => unknown): NodeJS.ErrnoException {
  try {
    call();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('nothing was thrown');
}

function fieldsOf(error: Error): Fields {
  const fields: Fields = { message: error.message, name: error.name };
  for (const name of Object.keys(error).sort()) fields[name] = (error as unknown as Fields)[name];
  return fields;
}

const failures: Record<string, () => unknown> = {
  ENOENT: () => fs.openSync(inside('none'), 'r'),
  EEXIST: () => fs.mkdirSync(inside('full')),
  ENOTEMPTY: () => fs.rmdirSync(inside('full')),
  EISDIR: () => fs.unlinkSync(inside('full')),
  ENOTDIR: () => fs.statSync(inside('full/file/x')),
  ELOOP: () => fs.openSync(inside('loop'), 'r'),
  ENAMETOOLONG: () => fs.openSync(inside('x'.repeat(300)), 'r'),
  EINVAL: () => fs.readlinkSync(inside('full')),
  EBADF: () => fs.fsyncSync(9999),
  'ENOENT of two paths': () => fs.renameSync(inside('none'), inside('other')),
  'EEXIST of two paths': () => fs.linkSync(inside('full/file'), inside('full/file')),
  'EEXIST of a symlink': () => fs.symlinkSync('target', inside('full/file')),
};

for (const [what, call] of Object.entries(failures)) {
  test(`a system error has the message and the fields node:fs gives it: ${what}`, () => {
    const expected = caught(call) as NodeJS.ErrnoException & { dest?: string };
    const { errno = 0, syscall = '', path, dest } = expected;
    const ours = systemError(errno, syscall, { path, dest });
    assert.equal(fieldsOf(ours), fieldsOf(expected));
    assert.instance(ours, Error);
    assert.is(Object.getPrototypeOf(ours), Error.prototype);
  });
}

test('an error with an address has the form of node:net', () => {
  const error = systemError(errnoOf('ECONNREFUSED'), 'connect', { address: '127.0.0.1', port: 81 });
  assert.is(error.message, 'connect ECONNREFUSED 127.0.0.1:81');
  assert.equal([error.address, error.port, error.code], ['127.0.0.1', 81, 'ECONNREFUSED']);
  const unix = systemError(errnoOf('ENOENT'), 'connect', { address: '/tmp/none' });
  assert.is(unix.message, 'connect ENOENT /tmp/none');
  assert.not('port' in unix);
});

test('every error of this platform has its word and its number', () => {
  for (const [errno, [code, description]] of getSystemErrorMap()) {
    const error = systemError(errno, 'read');
    assert.is(error.code, code);
    assert.is(error.errno, errno);
    assert.is(error.message, `${code}: ${description}, read`);
    assert.is(systemErrorByCode(code, 'read').errno, errno);
  }
});

test('a number nobody knows is told as such', () => {
  const error = systemError(-9999, 'read', { path: '/x' });
  assert.is(error.code, 'Unknown system error -9999');
  assert.is(error.errno, -9999);
  assert.is(error.path, '/x');
  assert.throws(() => errnoOf('ENONSENSE'), RangeError);
});

test('the number the system itself gave is there where there is one', () => {
  assert.is(systemError(errnoOf('EBUSY'), 'unlink', { path: 'x' }, 32).native, 32);
  assert.not('native' in systemError(errnoOf('EBUSY'), 'unlink', { path: 'x' }, 0));
});

test('absent fields are not there', () => {
  assert.equal(Object.keys(systemError(errnoOf('EIO'), 'read')).sort(), ['code', 'errno', 'syscall']);
  assert.equal(Object.keys(systemError(errnoOf('EIO'), 'read', { path: undefined })).sort(), [
    'code',
    'errno',
    'syscall',
  ]);
});

// Later versions word some values differently ('type bigint (5)', 'function'); ours are those of Node 20.
const wordsAreNode20s = process.versions.node.startsWith('20.');

const wrongs: unknown[] = [
  undefined,
  null,
  true,
  5n,
  'text',
  'x'.repeat(60),
  "it's",
  Symbol('s'),
  {},
  [],
  () => {},
  function named() {},
  class Own {},
  new Map(),
  Object.create(null),
  new (class Own2 {})(),
  new Error('e'),
];

for (const value of wrongs) {
  test(`a wrong type is told as Node does: ${String(typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value)).slice(0, 30)}`, () => {
    const expected = caught(() => fs.readSync(value as never, Buffer.alloc(1)));
    const ours = invalidType('fd', 'of type number', value);
    if (wordsAreNode20s) assert.is(ours.message, expected.message);
    assert.is((ours as NodeJS.ErrnoException).code, expected.code);
    assert.is(ours.name, expected.name);
    assert.instance(ours, TypeError);
  });
}

test('a property is called a property', () => {
  assert.is(
    invalidType('options.fd', 'of type number', 'x').message,
    `The "options.fd" property must be of type number. Received type string ('x')`,
  );
  assert.match(invalidValue('options.mode', 'is bad', 1).message, "The property 'options.mode' is bad. Received 1");
  assert.match(invalidValue('mode', 'is bad', 'y'.repeat(500)).message, /y{127}\.\.\.$/);
});

test('a number out of range is told as Node does', () => {
  for (const [value, call] of [
    [-2, () => fs.fsyncSync(-2)],
    [2 ** 31, () => fs.fsyncSync(2 ** 31)],
    [1.5, () => fs.fsyncSync(1.5)],
    [Number.NaN, () => fs.fsyncSync(Number.NaN)],
  ] as [number, () => void][]) {
    const expected = caught(call);
    const ours = caught(() => checkInteger(value, 'fd', 0, 2 ** 31 - 1));
    assert.is(ours.code, 'ERR_OUT_OF_RANGE');
    assert.is(ours.code, expected.code);
    assert.instance(ours, RangeError);
    if (Math.abs(value) < 2 ** 31) assert.is(ours.message, expected.message);
  }
  assert.is(outOfRange('x', '>= 0', -1).message, 'The value of "x" is out of range. It must be >= 0. Received -1');
});

test('the checks let pass what they should', () => {
  checkInteger(0, 'x', 0, 0);
  checkInteger(-0, 'x', 0, 0);
  checkInteger(Number.MAX_SAFE_INTEGER, 'x');
  checkBoolean(false, 'x');
  checkString('', 'x');
  for (const call of [() => checkInteger(5n, 'x'), () => checkBoolean(0, 'x'), () => checkString(null, 'x')]) {
    assert.is(caught(call).code, 'ERR_INVALID_ARG_TYPE');
  }
  assert.is(caught(() => checkInteger(Number.POSITIVE_INFINITY, 'x')).code, 'ERR_OUT_OF_RANGE');
});

test('a deadline gives a TimeoutError DOMException as AbortSignal.timeout() does', async () => {
  const ours = timeoutError(25);
  const signal = AbortSignal.timeout(1);
  // Such a signal does not keep the process alive.
  const alive = setTimeout(() => {}, 10_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  clearTimeout(alive);
  assert.is(ours.name, signal.reason.name);
  assert.is(ours.code, signal.reason.code);
  assert.instance(ours, DOMException);
  assert.match(ours.message, '25 ms');
});

test('a pending operation of a closed handle ends with ECANCELED', () => {
  const error = closedWhilePending('read');
  assert.equal([error.code, error.errno, error.syscall], ['ECANCELED', errnoOf('ECANCELED'), 'read']);
  assert.match(error.message, 'its handle was closed');
});

test.run();
