// src/cli.ts: what `npx rescind` says and exits with.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onWindows, systemName } from '../support/platforms.ts';

const compiled = import.meta.url.endsWith('.js');
const program = fileURLToPath(new URL(`../../src/cli.${compiled ? 'js' : 'ts'}`, import.meta.url));

function rescind(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const loader = compiled ? [] : ['--import', 'tsx'];
  return spawnSync(process.execPath, [...loader, program, ...args], { encoding: 'utf8', timeout: 60_000 });
}

test('rescind doctor says what this system offers, and exits with 0 exactly when all of it runs', () => {
  const { status, stdout, stderr } = rescind('doctor');
  assert.is(stderr, '');
  const kernel = 'Kernel: ';
  assert.ok(stdout.startsWith(kernel));
  assert.match(stdout.slice(kernel.length), systemName);
  assert.match(stdout, 'threads of our own');
  const main = onWindows ? /not used +I\/O completion port/ : /not used +io_uring/;
  assert.is(status, main.test(stdout) ? 1 : 0);
});

test('any other command is answered with the usage', () => {
  for (const args of [[], ['bogus'], ['doctor', 'more']]) {
    const { status, stdout, stderr } = rescind(...args);
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, 'Usage: rescind doctor');
  }
});

test.run();
