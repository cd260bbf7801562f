// .ci/run with stand-ins for npm, npx and what installs packages: what it sums, and when it fails.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { onlyOnLinux } from '../../support/platforms.ts';

const test = onlyOnLinux('.ci/run is a shell script for Linux');

const root = mkdtempSync(join(tmpdir(), 'rescind-ci-'));
for (const folder of ['.ci', 'bin', 'examples']) mkdirSync(join(root, folder));
symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
cpSync('.ci/run', join(root, '.ci/run'));
test.after(() => rmSync(root, { recursive: true }));

/** What each command prints and exits with; the ones not named say nothing and exit with 0. */
function run(answers: Record<string, string>): { last: string; output: string; status: number | null } {
  const cases = Object.entries(answers).map(([command, script]) => `  '${command}') ${script} ;;\n`);
  for (const name of ['npm', 'npx', 'apt-get', 'sudo']) {
    const text = `#!/bin/sh\ncase "${name} $*" in\n${cases.join('')}esac\n`;
    writeFileSync(join(root, 'bin', name), text, { mode: 0o755 });
  }
  const { stdout, status } = spawnSync('bash', [join(root, '.ci/run')], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` },
  });
  return { last: stdout.trimEnd().split('\n').at(-1) ?? '', output: stdout, status };
}

const good = {
  'npm cit': "echo '10 passed, 0 failed, 2 skipped'",
  'npm run --silent test:nodes': "echo 'Node 22: 9 passed, 0 failed'; echo '30 passed, 0 failed'",
  'npm run --silent test:windows':
    "echo 'Node 20 for Windows: 6 passed, 0 failed, 1 skipped'; echo '7 passed, 0 failed'",
  'npm run --silent test:sanitize': "echo '5 passed, 0 failed'",
  'npx --no tsx scripts/test-native.ts --sanitize': "echo '5 passed, 0 failed'",
};

test('the counts of all runs are summed in the last line', () => {
  const { last, status } = run(good);
  assert.is(last, '57 passed, 0 failed, 2 skipped');
  assert.is(status, 0);
});

test('a failing test of one run fails the whole', () => {
  const { last, status } = run({ ...good, 'npm cit': "echo '9 passed, 1 failed'; exit 1" });
  assert.is(last, '56 passed, 1 failed');
  assert.is(status, 1);
});

test('a step without tests that fails is one failed, and is named', () => {
  const { last, output, status } = run({ ...good, 'npx --no tsx scripts/tidy.ts': 'exit 3' });
  assert.is(last, '57 passed, 1 failed, 2 skipped');
  assert.match(output, '✘ tidy: exited with 3');
  assert.is(status, 1);
});

test('a run that exits badly with good counts is one failed', () => {
  const { last, status } = run({ ...good, 'npm run --silent test:sanitize': "echo '5 passed, 0 failed'; exit 9" });
  assert.is(last, '57 passed, 1 failed, 2 skipped');
  assert.is(status, 1);
});

test('a run that ends well without any counts is one failed', () => {
  const { last, status } = run({ ...good, 'npm run --silent test:nodes': 'true' });
  assert.is(last, '27 passed, 1 failed, 2 skipped');
  assert.is(status, 1);
});

test('an example that fails is one failed', () => {
  writeFileSync(join(root, 'examples/good.ts'), 'const a: number = 1;\nvoid a;\n');
  assert.is(run(good).status, 0);
  writeFileSync(join(root, 'examples/broken.ts'), "throw new Error('broken');\n");
  const { output, status } = run(good);
  rmSync(join(root, 'examples/broken.ts'));
  assert.match(output, '✘ examples/broken.ts: exited with 1');
  assert.not.match(output, '✘ examples/good.ts');
  assert.is(status, 1);
});

test.run();
