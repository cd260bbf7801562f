// The package's main entry holds everything but the adapters.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as entry from '../../src/index.ts';
import { projectRoot } from '../support/root.ts';

test('has the areas, the runtime, and what serves memory', () => {
  for (const area of ['fs', 'net', 'dgram'] as const) {
    assert.ok(Object.keys(entry[area]).length > 0, area);
    assert.not('default' in entry[area]);
  }
  assert.equal(Object.keys(entry.runtime).sort(), ['configure', 'info', 'stats']);
  assert.type(entry.allocate, 'function');
  assert.type(entry.quiescent, 'function');
  assert.not('default' in entry);
});

test('loading it starts nothing: the settings can still be changed', () => {
  entry.runtime.configure({ maxInFlight: 77 });
  assert.is(entry.runtime.stats().flushes, 0);
  assert.is(entry.runtime.info().settings.maxInFlight, 77);
  assert.throws(() => entry.runtime.configure({ maxInFlight: 78 }), /before the first operation/);
});

test('info() is a picture of the moment: changing it changes nothing', () => {
  const info = entry.runtime.info();
  info.lanes.length = 0;
  (info.settings as { maxInFlight: number }).maxInFlight = 1;
  assert.ok(entry.runtime.info().lanes.length > 0);
  assert.is(entry.runtime.info().settings.maxInFlight, 77);
});

test('every entry package.json names has its source', async () => {
  const { exports } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { default: string }>;
  };
  for (const [name, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue;
    const source = target.default.replace('./dist/', '../../').replace(/\.js$/, import.meta.url.slice(-3));
    assert.ok(Object.keys((await import(source)) as object).length > 0, name);
  }
});

test.run();
