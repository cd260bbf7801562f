import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = mkdtempSync(join(tmpdir(), 'rescind-prepare-'));
cpSync('scripts/prepare.js', join(root, 'scripts/prepare.js'));
writeFileSync(join(root, 'package.json'), '{"type": "module"}');
test.after(() => rmSync(root, { recursive: true }));

function prepare(...installed: string[]): { status: number | null; stderr: string } {
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  for (const name of installed) {
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules', name, 'package.json'), '{}');
  }
  return spawnSync(process.execPath, ['scripts/prepare.js'], { cwd: root, encoding: 'utf8' });
}

test('a build without the development dependencies ends with a message that names what is missing', () => {
  const { status, stderr } = prepare('typescript');
  assert.is(status, 1);
  assert.match(stderr, 'needs cmake-js, node-addon-api, which are not installed');
  assert.match(stderr, 'npm ci --include=dev');
});

test('a build with them goes on', () => {
  const { status, stderr } = prepare('typescript', 'cmake-js', 'node-addon-api');
  assert.is(stderr, '');
  assert.is(status, 0);
});

test.run();
