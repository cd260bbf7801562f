import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { crashAddress, sourceLine } from '../../../../scripts/windows/crash.ts';
import { onlyOnLinux } from '../../../support/platforms.ts';

const test = onlyOnLinux('Wine runs on Linux');

const crash =
  'before\nwine: Unhandled page fault on read access to 0000000000000010 at address 00000002900D1370 (thread 0140), starting debugger...\n';
const folder = mkdtempSync(join(tmpdir(), 'rescind-crash-'));
test.after(() => rmSync(folder, { recursive: true }));

function standIn(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

test('the address of a crash is the one of the code', () => {
  assert.is(crashAddress(crash), '00000002900D1370');
  assert.is(crashAddress('tested what happens at address 00000002900D1370\n'), null);
});

test('a crash in the addon is shown with its source line', () => {
  const tool = standIn('knows', 'echo "reap at lane.cc:7 of $*"');
  assert.is(sourceLine(crash, 'a.node', tool), 'in reap at lane.cc:7 of -Cfpie a.node 00000002900D1370\n');
});

test('nothing is said of a crash elsewhere, and of a program that did not crash', () => {
  assert.is(sourceLine(crash, 'a.node', standIn('does-not', 'echo "?? at ??:0"')), '');
  assert.is(sourceLine(crash, 'a.node', join(folder, 'missing')), '');
  assert.is(sourceLine('all is well', 'a.node', standIn('never', 'echo called')), '');
});

test.run();
