// No descriptor left: errors with Node's code, nothing lost, and everything works again afterwards.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../src/binding.ts';
import { type ChildResult, runScript } from '../support/child.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

function run(name: string): Promise<ChildResult> {
  const file = fileURLToPath(new URL(`./children/${name}.${extension}`, import.meta.url));
  return runScript(file, { before: 'ulimit -n 96' });
}

function assertDone({ code, signal, stdout, stderr, hung }: ChildResult): void {
  assert.not(hung, `hung: ${stdout}${stderr}`);
  assert.is(signal, null, stderr);
  assert.is(code, 0, stderr);
  assert.match(stdout, /done/);
}

// A process of Windows may have sixteen million handles: there the limit is the machine's memory.
const limited = platform === 'win32' ? test.skip : test;

limited('a storm of opens and accepts beyond the limit fails with EMFILE and passes', async () => {
  assertDone(await run('descriptor-storm'));
});

limited('a runtime that finds no descriptor at its start says so, and does not crash', async () => {
  assertDone(await run('descriptor-none-at-start'));
});

test.run();
