import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runChild } from '../../../scripts/suite/child.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';

const directory = process.cwd();
const staying = 'setInterval(() => {}, 1000)';
const run = (program: string, limitSeconds = 60): ReturnType<typeof runChild> =>
  runChild(process.execPath, ['-e', program], { directory, limitSeconds });

test('both outputs of a child are returned, and no failure when it exits with 0', async () => {
  const { output, failure } = await run("console.log('to stdout'); console.error('to stderr')");
  assert.match(output, 'to stdout');
  assert.match(output, 'to stderr');
  assert.is(failure, null);
});

test('an exit code and a signal are failures', async () => {
  assert.is((await run('process.exitCode = 3')).failure, 'exited with 3');
  // Windows has no signals: the process that is killed by one exits with 1.
  const ended = onWindows ? 'exited with 1' : 'was ended by SIGKILL';
  assert.is((await run("process.kill(process.pid, 'SIGKILL')")).failure, ended);
});

test('a child that does not end is killed at its limit, with the processes it started', async () => {
  let output = '';
  // A busy machine may take longer than the limit to start the program at all.
  for (let limitSeconds = 1; output === '' && limitSeconds < 100; limitSeconds *= 4) {
    const result = await run(
      `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(staying)}]);
       console.log(c.pid);
       ${staying}`,
      limitSeconds,
    );
    assert.is(result.failure, `did not end within ${limitSeconds} s`);
    output = result.output;
  }
  assert.ok(Number(output) > 1);
  // The kernel takes a moment to reap a killed process; a live one would answer for ever.
  let alive = true;
  for (let tries = 0; alive && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    alive = isRunning(Number(output));
  }
  assert.not(alive);
});

const withOrphans = onlyOnLinux('a process of Windows ends with the node that started it');
withOrphans('a process left behind with the output open is a failure, and is killed', async () => {
  const { output, failure } = await run(
    "const c = require('child_process').spawn('sleep', ['600'], {stdio: 'inherit'}); console.log(c.pid); process.exit(0)",
  );
  assert.match(String(failure), 'left processes behind');
  let alive = true;
  for (let tries = 0; alive && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    alive = isRunning(Number(output));
  }
  assert.not(alive);
});

test('a program that does not exist is a failure', async () => {
  const { failure } = await runChild(join(directory, 'nowhere/node'), [], { directory, limitSeconds: 60 });
  assert.match(String(failure), /could not be started.*ENOENT/);
});

test('variables are handed to the child besides the ones of this process', async () => {
  const { output } = await runChild(process.execPath, ['-p', 'process.env.GIVEN + !!process.env.PATH'], {
    directory,
    limitSeconds: 60,
    environment: { GIVEN: 'given ' },
  });
  assert.is(output.trim(), 'given true');
});

// A killed process whose new parent has not collected it yet is a zombie: it does not run any more.
function isRunning(pid: number): boolean {
  try {
    if (onWindows) return process.kill(pid, 0);
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.run();
