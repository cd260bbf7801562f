// The prefix and a run in it, with stand-ins for Wine and its server.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openPrefix, type Prefix } from '../../../../scripts/windows/prefix.ts';
import { runUnderWine, type WineOptions } from '../../../../scripts/windows/wine.ts';
import { onlyOnLinux } from '../../../support/platforms.ts';

const test = onlyOnLinux('Wine runs on Linux');

const root = mkdtempSync(join(tmpdir(), 'rescind-wine-'));
const folder = join(root, 'prefix');
const log = join(root, 'log.txt');
test.after(() => rmSync(root, { recursive: true }));

function standIn(name: string, script: string): string {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const tools = {
  wine: standIn(
    'wine',
    `case $1 in
      --version) echo 'wine-9.1 (of a test)' ;;
      wineboot) echo "$*" >>${log}; touch "$WINEPREFIX/system.reg" ;;
      reg) echo "$*" >>${log} ;;
      *) exec "$@" ;;
    esac`,
  ),
  wineserver: standIn('wineserver', `echo "server $* $WINEPREFIX" >>${log}`),
  addr2line: standIn('addr2line', 'echo "??"'),
  objdump: '/nowhere/objdump',
  compiler: '/nowhere/compiler',
};

const said = (): string[] => readFileSync(log, 'utf8').split('\n');
let prefix: Prefix;
const run = (program: string, options: Partial<WineOptions> = {}, limitSeconds = 60): ReturnType<typeof runUnderWine> =>
  runUnderWine({ tools, prefix, addon: 'a.node', debug: false, ...options }, process.execPath, ['-e', program], {
    directory: root,
    limitSeconds,
  });

test('a prefix is made once and set up each time', async () => {
  prefix = await openPrefix(folder, tools);
  assert.is(prefix.version, '9.1');
  assert.ok(said().includes('wineboot --init'));
  assert.ok(said().some((line) => /^reg add HKCU.*Version \/d win10 \/f$/.test(line)));
  assert.ok(said().includes(`server --kill ${folder}`));
  rmSync(log);
  const again = spawnSync(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    `import { openPrefix } from '${join(process.cwd(), 'scripts/windows/prefix.ts')}';
     await openPrefix('${folder}', ${JSON.stringify(tools)});`,
  ]);
  assert.match(String(again.stderr), `process ${process.pid} runs tests under Wine in this clone already`);
  assert.not(existsSync(log));
});

test('the lock of a process that is gone does not hold', async () => {
  const gone = spawnSync(process.execPath, ['-e', '0']);
  writeFileSync(join(folder, 'lock'), String(gone.pid));
  await openPrefix(folder, tools);
  assert.is(readFileSync(join(folder, 'lock'), 'utf8'), String(process.pid));
  assert.not(said().includes('wineboot --init'));
});

test('a program has both outputs in one file, and knows that it runs under Wine', async () => {
  const { output, failure } = await run(
    `const { fstatSync } = require('fs');
     console.log(process.env.RESCIND_TEST_WINE, fstatSync(1).isFile(), fstatSync(2).isFile());
     console.error('and this');
     process.stdout.write('with the line ends of Windows\\r\\n');`,
  );
  assert.is(failure, null);
  assert.is(output, '9.1 true true\nand this\nwith the line ends of Windows\n');
  assert.not(readdirSync(folder).some((name) => name.startsWith('output-')));
});

test('a program that hangs is ended with the ones it started in groups of their own', async () => {
  const { output, failure } = await run(
    `const { spawn } = require('child_process');
     console.log(spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).pid);
     setInterval(() => {}, 1000);`,
    {},
    3,
  );
  assert.is(failure, 'did not end within 3 s');
  assert.not(isRunning(Number(output)));
});

test('a process left behind is a failure', async () => {
  const { failure } = await run(
    `require('child_process').spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref();`,
  );
  assert.is(failure, 'left processes behind');
});

test('the debugger gets its commands and the program', async () => {
  const debugger_ = { ...tools, wine: standIn('debugging-wine', 'echo "$@"; cat "$(echo "$3" | cut -c 3-)"') };
  const { output } = await run('0', { tools: debugger_, debug: true });
  assert.match(output, /^winedbg --file Z:\S+debugger-commands\.txt \S+ -e 0\ncont\nbt\nquit\n$/);
});

// A killed process whose new parent has not collected it yet is a zombie: it does not run any more.
function isRunning(id: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${id}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.run();
