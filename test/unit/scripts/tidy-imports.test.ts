import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { importDirection, importsOf, includeDirection } from '../../../scripts/tidy/imports.ts';
import type { Tree } from '../../../scripts/tidy/tree.ts';

const tree = (files: Record<string, string>): Tree => ({ files: new Map(Object.entries(files)) });
const imports = (...specifiers: string[]): string =>
  specifiers.map((specifier) => `import { a } from '${specifier}';\n`).join('');

function importProblems(files: Record<string, string>): string[] {
  return importDirection(tree(files)).map(({ path, message }) => `${path} ${message}`);
}

test('every form of import is seen, with the path it leads to and its line', () => {
  const text = [
    "import { a,\n  type B } from './a.ts';",
    "import type { C } from '../c.ts';",
    "export * from './d.ts';",
    "import './e.ts';",
    "const f = await import('./f.ts');",
    "import { readFile } from 'node:fs';",
  ].join('\n');
  assert.equal(
    importsOf('src/fs/x.ts', text).map(({ specifier, path, line }) => [specifier, path, line]),
    [
      ['./a.ts', 'src/fs/a.ts', 2],
      ['../c.ts', 'src/c.ts', 3],
      ['./d.ts', 'src/fs/d.ts', 4],
      ['./e.ts', 'src/fs/e.ts', 5],
      ['./f.ts', 'src/fs/f.ts', 6],
      ['node:fs', null, 7],
    ],
  );
});

test('imports that point down are fine', () => {
  assert.equal(
    importProblems({
      'src/wire/layout.ts': '',
      'src/binding.ts': imports('node:fs', './wire/layout.ts'),
      'src/runtime/slot.ts': imports('../binding.ts', './handle.ts'),
      'src/net/socket.ts': imports('../runtime/slot.ts', '../dns/index.ts', '../errors.ts'),
      'src/queue/index.ts': imports('p-queue', '../fs/index.ts'),
      'src/index.ts': imports('./queue/index.ts', './fs/index.ts'),
    }),
    [],
  );
});

test('an import that points up is an error, a type as well', () => {
  const [problem, ...others] = importProblems({
    'src/runtime/slot.ts': "import { a } from './a.ts';\nimport type { File } from '../fs/file.ts';\n",
  });
  assert.match(problem ?? '', /line 2: src\/fs\/file.ts lies above/);
  assert.equal(others, []);
});

test('two areas of one layer may not import each other', () => {
  const found = importProblems({
    'src/dns/index.ts': imports('../net/address.ts'),
    'src/net/socket.ts': imports('../dns/index.ts'),
  });
  assert.is(found.length, 1);
  assert.match(found[0] ?? '', 'closes the circle');
});

test('the tests and the tools of the project are not for sources', () => {
  assert.match(importProblems({ 'src/fs/a.ts': imports('../../test/support/b.ts') })[0] ?? '', 'is in no layer');
});

test('a package is used in its one place', () => {
  assert.match(importProblems({ 'src/fs/a.ts': imports('p-queue') })[0] ?? '', "'p-queue' is not for here");
  assert.match(importProblems({ 'src/queue/a.ts': imports('left-pad') })[0] ?? '', "'left-pad' is not for here");
});

test('an area without a layer is an error', () => {
  assert.match(importProblems({ 'src/new/a.ts': '' })[0] ?? '', 'is in no layer');
});

function includeProblems(path: string, ...included: string[]): number {
  return includeDirection(tree({ [path]: included.map((name) => `#include ${name}\n`).join('') })).length;
}

test('Node-API is included below native/napi and in native/addon.cc only', () => {
  assert.is(includeProblems('native/napi/environment.cc', '<napi.h>', '"napi/binding.h"'), 0);
  assert.is(includeProblems('native/addon.cc', '<napi.h>', '"napi/binding.h"'), 0);
  for (const name of ['<napi.h>', '<node_api.h>', '<js_native_api.h>', '"napi/binding.h"']) {
    assert.is(includeProblems('native/runtime/pump.h', name), 1, name);
  }
});

test('a lane does not include another lane, the route includes all', () => {
  assert.is(includeProblems('native/backend/uring/lane.cc', '"backend/uring/ring.h"', '"backend/backend.h"'), 0);
  assert.is(includeProblems('native/backend/uring/lane.cc', '"backend/pool/lane.h"'), 1);
  assert.is(includeProblems('native/backend/route/route.cc', '"backend/pool/lane.h"', '"backend/uring/lane.h"'), 0);
});

test('the wire and the system calls do not include what is above them', () => {
  assert.is(includeProblems('native/wire/layout.h', '<cstdint>', '"wire/ops.def"'), 0);
  assert.is(includeProblems('native/wire/layout.h', '"runtime/pump.h"'), 1);
  assert.is(includeProblems('native/os/linux/a.cc', '"backend/backend.h"'), 1);
});

test.run();
