// What src/fs/last-options.ts, src/fs/copy.ts and the other entry points refuse at once, before anything begins.

import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { onWindows } from '../../support/platforms.ts';

type Call = (...given: never[]) => unknown;

/** Every call on paths with arguments that are right, without its options. */
const calls: Record<string, unknown[]> = {
  access: ['none', 0],
  appendFile: ['none', 'data'],
  chmod: ['none', 0o644],
  chown: ['none', 0, 0],
  copyFile: ['none', 'to', 0],
  cp: ['none', 'to'],
  lchown: ['none', 0, 0],
  link: ['none', 'to'],
  lstat: ['none'],
  lutimes: ['none', 1, 2],
  mkdir: ['none'],
  mkdtemp: ['none'],
  mkdtempDisposable: ['none'],
  open: ['none', 'r', 0o644],
  opendir: ['none'],
  readdir: ['none'],
  readFile: ['none'],
  readlink: ['none'],
  realpath: ['none'],
  rename: ['none', 'to'],
  rm: ['none'],
  rmdir: ['none'],
  stat: ['none'],
  statfs: ['none'],
  symlink: ['none', 'to', 'file'],
  truncate: ['none', 1],
  unlink: ['none'],
  utimes: ['none', 1, 2],
  writeFile: ['none', 'data'],
};

function refuses(name: string, given: readonly unknown[], ...codes: string[]): void {
  const shown = `${name}(${given.map((one) => inspect(one)).join(', ')})`;
  let promise: unknown;
  try {
    promise = ((fs as never)[name] as Call)(...(given as never[]));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    assert.ok(codes.includes(String(code)), `${shown} threw ${code}: ${error}`);
    assert.ok(error instanceof (code === 'ERR_OUT_OF_RANGE' ? RangeError : Error), shown);
    return;
  }
  (promise as Promise<unknown>).catch(() => {});
  assert.unreachable(`${shown} did not throw`);
}

const type = 'ERR_INVALID_ARG_TYPE';
const value = 'ERR_INVALID_ARG_VALUE';
const range = 'ERR_OUT_OF_RANGE';

const notPaths = [undefined, null, 5, 5n, true, Symbol('path'), {}, [], () => {}, new Uint16Array(1)];

test('every call on a path is here', () => {
  const functions = Object.keys(fs).filter((name) => typeof (fs as never)[name] === 'function' && /^[a-z]/.test(name));
  assert.equal([...Object.keys(calls), 'watch'].sort(), functions.sort());
});

test('what is no path is refused', () => {
  for (const [name, given] of Object.entries(calls)) {
    for (const wrong of notPaths) {
      refuses(name, given.with(0, wrong), type);
      if (given[1] === 'to') refuses(name, given.with(1, wrong), type);
    }
    for (const wrong of ['a\0b', Buffer.from('a\0b'), new URL(onWindows ? 'file:///C:/a%00b' : 'file:///a%00b')]) {
      refuses(name, given.with(0, wrong), value);
      if (given[1] === 'to') refuses(name, given.with(1, wrong), value);
    }
    refuses(name, given.with(0, new URL('http://host/path')), 'ERR_INVALID_URL_SCHEME');
  }
});

test('what is no options object is refused', () => {
  for (const [name, given] of Object.entries(calls)) {
    for (const wrong of [true, Symbol('options'), () => {}, 5n]) refuses(name, [...given, wrong], type);
    // A number is a mode to mkdir, a text an encoding to some.
    if (name !== 'mkdir') refuses(name, [...given, 5], type);
    refuses(name, [...given, 'no such encoding'], type, value);
  }
});

test('a signal that only looks like one is refused', () => {
  const looksLike = { aborted: false, reason: undefined, addEventListener() {}, removeEventListener() {} };
  for (const [name, given] of Object.entries(calls)) {
    for (const signal of [null, 5, {}, new AbortController(), looksLike]) refuses(name, [...given, { signal }], type);
  }
});

test('options of every operation are checked', () => {
  for (const [name, given] of Object.entries(calls)) {
    for (const wrong of ['5', null, 5n, {}]) refuses(name, [...given, { timeoutMs: wrong }], type);
    for (const wrong of [-1, Number.NaN, 2 ** 31]) refuses(name, [...given, { timeoutMs: wrong }], range);
    for (const wrong of [1, 'yes', null]) refuses(name, [...given, { detach: wrong }], type);
    for (const wrong of ['5', null]) refuses(name, [...given, { detachAfterMs: wrong }], type);
    for (const wrong of [-1, Number.NaN]) refuses(name, [...given, { detachAfterMs: wrong }], range);
  }
});

test('options that look like misspellings are refused, and the message says what was meant', () => {
  for (const [name, given] of Object.entries(calls)) {
    for (const misspelt of ['singal', 'sginal', 'Signal', 'timeout_ms', 'timeoutMS', 'detatch', 'detachAfterMS']) {
      refuses(name, [...given, { [misspelt]: undefined }], value);
    }
  }
  assert.throws(() => fs.stat('none', { singal: undefined } as never), /'signal'/);
  assert.throws(() => fs.rm('none', { recursiv: true } as never), /'recursive'/);
});

test('modes, owners and times are checked', () => {
  for (const wrong of ['8', 'rwx', '']) {
    refuses('chmod', ['none', wrong], value);
    refuses('mkdir', ['none', wrong], value);
    refuses('mkdir', ['none', { mode: wrong }], value);
    refuses('open', ['none', 'w', wrong], value);
    refuses('writeFile', ['none', 'data', { mode: wrong }], value);
  }
  for (const wrong of [-1, 1.5, 2 ** 32]) refuses('chmod', ['none', wrong], range);
  for (const wrong of [undefined, null, {}, true]) refuses('chmod', ['none', wrong], type);
  for (const name of ['chown', 'lchown']) {
    for (const wrong of [-2, 1.5, 2 ** 32]) {
      refuses(name, ['none', wrong, 0], range);
      refuses(name, ['none', 0, wrong], range);
    }
    for (const wrong of [undefined, null, '0']) refuses(name, ['none', wrong, 0], type);
  }
  for (const name of ['utimes', 'lutimes']) {
    for (const wrong of [undefined, null, 'noon', Number.NaN, new Date(Number.NaN)]) {
      refuses(name, ['none', wrong, 0], type);
      refuses(name, ['none', 0, wrong], type);
    }
  }
  for (const name of ['access', 'copyFile']) {
    const before = (calls[name] as unknown[]).slice(0, -1);
    for (const wrong of [-1, 8, 1.5]) refuses(name, [...before, wrong], range);
    for (const wrong of ['1', true]) refuses(name, [...before, wrong], type);
  }
});

test('flags and encodings are checked', () => {
  for (const wrong of ['', 'q', 'rx', true]) {
    refuses('open', ['none', wrong], value);
    refuses('open', ['none', { flags: wrong }], value);
    for (const name of ['readFile', 'writeFile', 'appendFile']) {
      refuses(name, [...(calls[name] as unknown[]), { flag: wrong }], value);
    }
  }
  for (const name of ['readFile', 'writeFile', 'appendFile', 'readdir', 'opendir', 'readlink', 'realpath', 'mkdtemp']) {
    refuses(name, [...(calls[name] as unknown[]), { encoding: 'utf9' }], value);
    refuses(name, [...(calls[name] as unknown[]), 'utf9'], value);
    refuses(name, [...(calls[name] as unknown[]), { encoding: 5 }], type);
  }
});

test('data that cannot be written is refused', () => {
  for (const wrong of [undefined, null, 5, true, {}, new ArrayBuffer(1), () => {}, Symbol('data')]) {
    refuses('writeFile', ['none', wrong], type);
    refuses('appendFile', ['none', wrong], type);
  }
  const detached = new Uint8Array(4);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  for (const name of ['writeFile', 'appendFile']) {
    refuses(name, ['none', detached], value);
    refuses(name, ['none', 'abc', 'hex'], value);
  }
});

test('options of single calls are checked', () => {
  const booleans: [string, unknown[], string[]][] = [
    ['stat', ['none'], ['bigint']],
    ['lstat', ['none'], ['bigint']],
    ['statfs', ['none'], ['bigint']],
    ['mkdir', ['none'], ['recursive']],
    ['readdir', ['none'], ['recursive', 'withFileTypes']],
    ['opendir', ['none'], ['recursive']],
    ['rm', ['none'], ['recursive', 'force']],
    ['writeFile', ['none', 'data'], ['flush']],
    [
      'cp',
      ['none', 'to'],
      ['dereference', 'errorOnExist', 'force', 'preserveTimestamps', 'recursive', 'verbatimSymlinks'],
    ],
  ];
  for (const [name, given, options] of booleans) {
    for (const option of options)
      for (const wrong of [1, 'true', null, {}]) refuses(name, [...given, { [option]: wrong }], type);
  }
  for (const option of ['maxRetries', 'retryDelay']) {
    for (const wrong of [-1, 1.5, 2 ** 33]) refuses('rm', ['none', { [option]: wrong }], range);
    refuses('rm', ['none', { [option]: '1' }], type);
  }
  refuses('cp', ['none', 'to', { filter: true }], type);
  refuses('cp', ['none', 'to', { mode: 8 }], range);
  refuses('cp', ['none', 'to', { dereference: true, verbatimSymlinks: true }], 'ERR_INCOMPATIBLE_OPTION_PAIR');
  refuses('symlink', ['none', 'to', 'hard'], 'ERR_FS_INVALID_SYMLINK_TYPE');
  refuses('truncate', ['none', 1.5], range);
  refuses('truncate', ['none', '1'], type);
  for (const wrong of [0, -1, 1.5]) refuses('opendir', ['none', { bufferSize: wrong }], range);
});

test('nothing of all that began anything', () => {
  assert.is(runtime.opened, false);
});

test.run();
