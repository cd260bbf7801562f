import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isPipePath, pipeName } from '../../../src/net/pipe-path.ts';

const here = String.raw`\\.\pipe\name`;
const pipes = [
  here,
  String.raw`\\?\pipe\name`,
  '//./pipe/name',
  String.raw`//?/pipe\name`,
  String.raw`\\.\PIPE\name`,
  String.raw`\\server\pipe\name`,
  String.raw`\\.\pipe\with\more`,
];

test('on Windows a path may be that of a pipe, with either slash', () => {
  for (const path of pipes) assert.ok(isPipePath(path, 'win32'), path);
});

test('everything else is a path of a socket', () => {
  const paths = ['', 'pipe', String.raw`\.\pipe\name`, String.raw`C:\pipe\name`, String.raw`\\.\pipes\name`, '/tmp/a'];
  for (const path of [...paths, String.raw`\\.\pipe`, String.raw`\\a\b\pipe\c`]) {
    assert.not(isPipePath(path, 'win32'), path);
  }
  for (const path of pipes) assert.not(isPipePath(path, 'linux'), path);
});

test('Windows is told the path in its own form, the name as it is', () => {
  assert.is(pipeName(here), here);
  assert.is(pipeName('//./pipe/name'), here);
  assert.is(pipeName('//?/PIPE/a/b'), String.raw`\\?\pipe\a/b`);
  assert.is(pipeName('//server/pipe/name'), String.raw`\\server\pipe\name`);
});

test.run();
