import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runChild } from '../../../scripts/suite/child.ts';

const directory = process.cwd();
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
  assert.is((await run("process.kill(process.pid, 'SIGKILL')")).failure, 'was ended by SIGKILL');
});

test('a child that does not end is killed at its limit, with the processes it started', async () => {
  let output = '';
  // A busy machine may take longer than the limit to start the program at all.
  for (let limitSeconds = 1; output === '' && limitSeconds < 100; limitSeconds *= 4) {
    const result = await run(
      "const c = require('child_process').spawn('sleep', ['600']); console.log(c.pid); setInterval(() => {}, 1000)",
      limitSeconds,
    );
    assert.is(result.failure, `did not end within ${limitSeconds} s`);
    output = result.output;
  }
  assert.ok(Number(output) > 1);
  // The kernel takes a moment to reap a killed process; a live one would answer for 600 s.
  let alive = true;
  for (let tries = 0; alive && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    alive = isRunning(Number(output));
  }
  assert.not(alive);
});

test('a process left behind with the output open is a failure, and is killed', async () => {
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
  const { failure } = await runChild('/nowhere/node', [], { directory, limitSeconds: 60 });
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
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.run();
