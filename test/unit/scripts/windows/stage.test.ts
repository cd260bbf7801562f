import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeStage, stagedAddon } from '../../../../scripts/windows/stage.ts';

const root = mkdtempSync(join(tmpdir(), 'rescind-stage-'));
for (const folder of ['dist/src', 'build/Release', 'build/windows/Release', 'build-nodes', 'prebuilds']) {
  mkdirSync(join(root, folder), { recursive: true });
}
writeFileSync(join(root, 'package.json'), '{}');
writeFileSync(join(root, 'build/Release/rescind.node'), 'of this system');
writeFileSync(join(root, 'build/windows/Release/rescind.node'), 'of Windows');
writeFileSync(join(root, 'build/windows/Release/outside.node'), "the tests'");
writeFileSync(join(root, 'build/windows/Release/rescind.lib'), 'what else building leaves');
test.after(() => rmSync(root, { recursive: true }));

test('a stage has everything of the project, and another addon', () => {
  const stage = makeStage(root);
  assert.equal(readdirSync(stage).sort(), ['build', 'dist', 'package.json']);
  assert.is(readFileSync(join(stage, 'package.json'), 'utf8'), '{}');
  assert.ok(lstatSync(join(stage, 'dist/src')).isDirectory());
  assert.is(stagedAddon(stage), join(stage, 'build/Release/rescind.node'));
  assert.is(readFileSync(stagedAddon(stage), 'utf8'), 'of Windows');
  assert.equal(readdirSync(join(stage, 'build/Release')).sort(), ['outside.node', 'rescind.node']);
});

test('making it again drops what tests have left there, and nothing of the project', () => {
  const stage = makeStage(root);
  writeFileSync(join(stage, 'left.txt'), '');
  assert.is(makeStage(root), stage);
  assert.equal(readdirSync(stage).sort(), ['build', 'dist', 'package.json']);
  assert.equal(readdirSync(join(root, 'dist')), ['src']);
});

test.run();
