// What keeps a process alive, what lets it end, and what becomes of sockets nobody holds.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runScript } from '../../support/child.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const script = fileURLToPath(new URL(`./children/lifetime.${extension}`, import.meta.url));

const ends: Record<string, string> = {
  'idle server': 'a server nobody accepts from',
  'server that has accepted': 'a server nobody waits at any more, with a connection nobody took',
  'pending accept, unref': 'a pending accept on an unreferenced server',
  'unref, pending accept': 'an accept on a server unreferenced before',
  'aborted accept': 'an accept that was aborted',
  'idle sockets': 'sockets without operations',
  'pending read, unref': 'reads on an unreferenced socket',
};

const stays: Record<string, string> = {
  'pending accept': 'a pending accept',
  'unref, pending accept, ref': 'a pending accept on a server referenced again',
  'pending read': 'a pending read',
};

for (const [state, sentence] of Object.entries(ends)) {
  test(`${sentence} lets the process end`, async () => {
    const { code, hung, stdout, stderr } = await runScript(script, { arguments: [state, '5000'], withinMs: 20_000 });
    assert.not(hung);
    assert.is(code, 0, stderr);
    assert.is(stdout, '');
  });
}

for (const [state, sentence] of Object.entries(stays)) {
  test(`${sentence} keeps the process alive`, async () => {
    const { code, stdout, stderr } = await runScript(script, { arguments: [state, '300'], withinMs: 20_000 });
    assert.is(code, 0, stderr);
    assert.is(stdout, 'alive\n');
  });
}

test('process.exit() with everything pending is quiet', async () => {
  const result = await runScript(script, { arguments: ['exit with everything pending'], withinMs: 20_000 });
  assert.not(result.hung);
  assert.is(result.code, 7, result.stderr);
  assert.is(result.stderr, '');
});

test('calls that wait on a socket nobody holds are all made', async () => {
  const { stdout } = await runScript(script, {
    arguments: ['calls that wait on a socket nobody holds'],
    withinMs: 20_000,
  });
  assert.is(stdout, '3000000 3000000 3000000\n');
});

for (const what of ['sockets', 'servers']) {
  test(`${what} collected without close() are closed, with a warning`, async () => {
    const { stdout, stderr, code } = await runScript(script, { arguments: [`leaked ${what}`], withinMs: 20_000 });
    assert.is(code, 0, stderr);
    assert.is(stdout, 'none left\n');
    assert.match(stderr, /RescindWarning/);
  });
}

test('who waits in accept() holds the server', async () => {
  const { stdout, stderr } = await runScript(script, {
    arguments: ['accept on a server nobody holds'],
    withinMs: 20_000,
  });
  assert.is(stdout, 'accepted\n', stderr);
});

test.run();
