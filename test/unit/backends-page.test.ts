// docs/backends.md against native/wire/ops.def: an operation without a row, or in another lane than it says, is found.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectRoot } from '../support/root.ts';

const page = readFileSync(join(projectRoot, 'docs/backends.md'), 'utf8');
const definitions = readFileSync(join(projectRoot, 'native/wire/ops.def'), 'utf8');
const nowhere = '–';

/** The operations a system's router gives to none of its lanes, as native/backend/route has them. */
function elsewhere(system: 'linux' | 'windows', function_: string): Set<string> {
  const source = readFileSync(join(projectRoot, `native/backend/route/${system}/lanes.cc`), 'utf8');
  const body = new RegExp(`bool ${function_}\\(.*?\\n}`, 's').exec(source)?.[0] ?? '';
  const names = [...body.matchAll(/Operation::(\w+)/g)].map(([, name]) => name as string);
  assert.ok(names.length > 0, `${function_} names operations`);
  return new Set(names);
}

test('the table of lanes is that of ops.def', () => {
  const ofWindows = elsewhere('linux', 'ofWindows');
  const ofLinux = elsewhere('windows', 'ofLinux');
  const expected = [...definitions.matchAll(/^OP\((\w+),\s+\d+,\s+(\d),\s+\d,\s+(\d),\s+\d,\s+(\d)\)/gm)].map(
    ([, name = '', uring, iocp, pool]) => {
      const threads = pool === '1' ? 'pool' : nowhere;
      const linux = ofWindows.has(name) ? [nowhere, nowhere] : [uring === '1' ? 'ring' : threads, threads];
      const windows = ofLinux.has(name) ? nowhere : iocp === '1' ? 'port' : threads;
      return [name, ...linux, windows].join(' ');
    },
  );
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\S+) \| (\S+) \| (\S+) \|/gm)].map((row) => row.slice(1).join(' '));
  assert.equal(rows, expected);
});

test('every row says how the operation is cancelled where it runs', () => {
  for (const row of page.matchAll(/^\| `(\w+)` \| (\S+) \| \S+ \| (\S+) \| (.*) \| (.*) \|$/gm)) {
    const [, name, linux, windows, onLinux, onWindows] = row;
    assert.is(linux === nowhere, onLinux === '', `${name} on Linux`);
    assert.is(windows === nowhere, onWindows === '', `${name} on Windows`);
  }
});

test.run();
