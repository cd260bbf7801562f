import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { endMarked, marked, markVariable } from '../../../../scripts/windows/marked.ts';

const mark = `test-${process.pid}`;
const started: ReturnType<typeof spawn>[] = [];
test.after(() => {
  for (const child of started) child.kill('SIGKILL');
});

function start(program: string, value = mark): ReturnType<typeof spawn> {
  const child = spawn(process.execPath, ['-e', program], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, [markVariable]: value },
  });
  started.push(child);
  return child;
}

// A fork has this process's environment until it becomes another program.
async function isMarked(id: number | undefined): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    if (id !== undefined && marked(mark).includes(id)) return true;
    await delay(20);
  }
  return false;
}

test('a marked process is found and killed, and one with another mark is left alone', async () => {
  const child = start('setInterval(() => {}, 1000)');
  const other = start('setInterval(() => {}, 1000)', `${mark}0`);
  const ended = once(child, 'exit');
  assert.ok(await isMarked(child.pid));
  assert.not(marked(mark).includes(other.pid ?? 0));
  assert.is(await endMarked(mark, 0), 1);
  assert.equal(await ended, [null, 'SIGKILL']);
  assert.is(other.exitCode, null);
});

test('one that ends of itself is waited for', async () => {
  const child = start('setTimeout(() => {}, 500)');
  const ended = once(child, 'exit');
  assert.ok(await isMarked(child.pid));
  assert.is(await endMarked(mark, 60_000), 0);
  assert.equal(await ended, [0, null]);
});

test.run();
