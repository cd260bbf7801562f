import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = mkdtempSync(join(tmpdir(), 'rescind-prepare-'));
cpSync('scripts/prepare.js', join(root, 'scripts/prepare.js'));
test.after(() => rmSync(root, { recursive: true }));

function prepare(build: string, ...installed: string[]): { status: number | null; stderr: string } {
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', scripts: { build } }));
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  for (const name of installed) {
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules', name, 'package.json'), '{}');
  }
  return spawnSync(process.execPath, ['scripts/prepare.js'], { cwd: root, encoding: 'utf8' });
}

test('without the development dependencies it ends with a message that names what is missing', () => {
  const { status, stderr } = prepare('exit 0', 'typescript');
  assert.is(status, 1);
  assert.match(stderr, 'needs cmake-js, node-addon-api, which are not installed');
  assert.match(stderr, 'npm ci --include=dev');
});

test('a build that fails makes it fail', () => {
  assert.is(prepare('exit 3', 'typescript', 'cmake-js', 'node-addon-api').status, 3);
});

test('what was built is put where a package has it', () => {
  const build = 'mkdir -p build/Release && echo built > build/Release/rescind.node';
  assert.is(prepare(build, 'typescript', 'cmake-js', 'node-addon-api').status, 0);
  const place = `prebuilds/${process.platform}-${process.arch}/rescind.node`;
  assert.is(readFileSync(join(root, place), 'utf8'), 'built\n');
});

test.run();
