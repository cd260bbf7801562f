// A name server that never answers holds up its own names, and nothing else.

import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { runInNamespaces, testInNamespaces } from '../../support/namespaces.ts';

const test = testInNamespaces();

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const script = fileURLToPath(new URL(`./children/dead-name-server.${extension}`, import.meta.url));

test('64 lookups hang at a name server; other lookups and listings go on, and an abort ends all 64', async () => {
  const alive = Array.from({ length: 5 }, (_, index) => `192.0.2.1 alive-${index}.test`);
  const { stdout, stderr, code, hung } = await runInNamespaces(
    script,
    { hosts: alive, resolver: ['options timeout:30'] },
    60_000,
  );
  assert.not(hung, stderr);
  assert.is(code, 0, stderr);
  const report = JSON.parse(stdout);
  // Threads for one zone, of which each asks for an address of either family.
  assert.is(report.asked, 8);
  assert.is(report.hung, 64);
  assert.is(report.reasons, 64);
  // A thread that were missing would cost seconds; this bounds the ratio of the two loosely.
  assert.ok(
    report.beside < 4 * report.alone + 1000,
    `${report.beside} ms beside hung lookups, ${report.alone} ms alone`,
  );
  assert.ok(report.abortMs < 5000, `${report.abortMs} ms`);
  assert.is(report.after.detached, 8, 'those that were asked for run on');
  assert.is(report.after.inFlight, 8);
});

test.run();
