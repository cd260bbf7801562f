// A process without descriptors left: errors, then everything goes on, and nothing is lost.

import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { runScript } from '../../support/child.ts';
import { onlyOnLinux } from '../../support/platforms.ts';

const test = onlyOnLinux('Windows knows no limit on the handles of a process');

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const script = fileURLToPath(new URL(`./children/descriptors.${extension}`, import.meta.url));

test('without descriptors accept, connect and listen are rejected with EMFILE, and the server goes on', async () => {
  const result = await runScript(script, { before: 'ulimit -n 120', withinMs: 30_000 });
  assert.not(result.hung, result.stderr);
  assert.is(result.code, 0, result.stderr);
  const answers = JSON.parse(result.stdout);
  assert.equal(answers.accepts, ['EMFILE accept', 'EMFILE accept']);
  assert.is(answers.connect, 'EMFILE connect');
  assert.is(answers.listen, 'EMFILE listen');
  assert.equal(answers.read, ['hello', 'hello', 'hello']);
  assert.is(answers.waiting, 'EMFILE accept');
  assert.is(answers.then, 'accepted');
  assert.ok(answers.storm.taken);
  assert.ok(answers.storm.failures.every((failure: string) => failure === 'EMFILE accept'));
  assert.is(answers.left, 0);
});

test.run();
