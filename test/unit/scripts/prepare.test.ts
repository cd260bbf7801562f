import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exceptOnWine } from '../../support/windows-differences.ts';

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

exceptOnWine('noTools')('a build that fails makes it fail', () => {
  assert.is(prepare('exit 3', 'typescript', 'cmake-js', 'node-addon-api').status, 3);
});

exceptOnWine('noTools')('what was built is put where a package has it', () => {
  mkdirSync(join(root, 'build/Release'), { recursive: true });
  writeFileSync(
    join(root, 'build.mjs'),
    "import fs from 'fs'; fs.writeFileSync('build/Release/rescind.node', 'built');",
  );
  assert.is(prepare('node build.mjs', 'typescript', 'cmake-js', 'node-addon-api').status, 0);
  const place = `prebuilds/${process.platform}-${process.arch}/rescind.node`;
  assert.is(readFileSync(join(root, place), 'utf8'), 'built');
});

test.run();
