import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { findTests } from '../../../scripts/suite/files.ts';
import { runSuite } from '../../../scripts/suite/suite.ts';
import type { Tally } from '../../../scripts/suite/tally.ts';
import { onWindows } from '../../support/platforms.ts';
import { exceptOnWine, onWine } from '../../support/windows-differences.ts';

const test = exceptOnWine('noTools');

const root = mkdtempSync(join(tmpdir(), 'rescind-suite-'));
if (!onWine('noTools')) symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'), 'junction');
const files: Record<string, string> = {
  'test/unit/passing.test.ts':
    "import { test } from 'uvu';\ntest('one', () => {});\ntest('two', () => {});\ntest.skip('three', () => {});\ntest.run();",
  'test/unit/failing.test.ts':
    "import { test } from 'uvu';\ntest('good', () => {});\ntest('bad', () => { throw new Error('the reason') });\ntest.run();",
  'test/unit/crashing.test.ts':
    "import { test } from 'uvu';\ntest('first', () => {});\ntest('crash', () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); });\ntest.run();",
  'test/unit/late-crash.test.ts':
    "import { test } from 'uvu';\ntest('fine', () => {});\ntest.run();\nprocess.on('exit', () => process.kill(process.pid, 'SIGABRT'));\nsetTimeout(() => {}, 50);",
  'test/unit/forgotten.test.ts': "import { test } from 'uvu';\ntest('never run', () => {});",
  'test/unit/empty.test.ts': "import { test } from 'uvu';\ntest.run();",
  'test/unit/stuck.test.ts':
    "// A comment.\n// time limit: 1 s\nimport { test } from 'uvu';\ntest('stuck', () => {});\ntest.run();\nsetInterval(() => {}, 1000);",
  'test/unit/collected.test.ts':
    "import { test } from 'uvu';\ntest('gc', () => { if (typeof gc !== 'function') throw new Error('no gc') });\ntest.run();",
  'test/soak/long.test.ts': '// time limit: 600 s\n',
  'test/contract/one.test.ts': 'const text = `\n// time limit: 5 s\n`;\n',
  'test/support/tool.ts': '',
};
for (const [name, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), `${text}\n`);
}
test.after(() => rmSync(root, { recursive: true }));

async function suite(filter: string, compiled = false): Promise<{ tally: Tally; shown: string }> {
  let shown = '';
  const tally = await runSuite({ root, filters: [filter], compiled, report: (text) => (shown += text) });
  return { tally, shown };
}

test('what uvu counts is summed, and the output of a file that passes is not shown', async () => {
  const { tally, shown } = await suite('passing');
  assert.equal(tally, { passed: 2, failed: 0, skipped: 1 });
  assert.not.match(shown, 'Total:');
});

test('a failing test is counted once and its output shown', async () => {
  const { tally, shown } = await suite('failing');
  assert.equal(tally, { passed: 1, failed: 1, skipped: 0 });
  assert.match(shown, 'the reason');
});

test('a file that crashes has failed', async () => {
  const { tally, shown } = await suite('/crashing');
  assert.equal(tally, { passed: 0, failed: 1, skipped: 0 });
  assert.match(shown, onWindows ? 'exited with 1' : 'SIGKILL');
});

test('a file that crashes after its last test has failed', async () => {
  assert.equal((await suite('late-crash')).tally, { passed: 1, failed: 1, skipped: 0 });
});

test('a file that runs no test has failed', async () => {
  assert.is((await suite('forgotten')).tally.failed, 1);
  assert.is((await suite('empty')).tally.failed, 1);
});

test('a file that does not end has failed at the limit it states', async () => {
  const { tally, shown } = await suite('stuck');
  assert.is(tally.failed, 1);
  assert.match(shown, 'did not end within 1 s');
});

test('tests can collect garbage', async () => {
  assert.equal((await suite('collected')).tally, { passed: 1, failed: 0, skipped: 0 });
});

test('a file that was not compiled has failed where compiled files are asked for', async () => {
  const { tally, shown } = await suite('passing', true);
  assert.is(tally.failed, 1);
  assert.match(shown, 'dist/test/unit/passing.test.js is missing');
});

test('files come in the order unit, contract, soak, with the limits they state above their code', () => {
  const found = findTests(root, ['one', 'long', 'passing', 'tool']);
  assert.equal(found, [
    { path: 'test/unit/passing.test.ts', limitSeconds: 120, shares: true },
    { path: 'test/contract/one.test.ts', limitSeconds: 120, shares: false },
    { path: 'test/soak/long.test.ts', limitSeconds: 600, shares: false },
  ]);
});

test.run();
