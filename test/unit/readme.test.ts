// time limit: 180 s
// What the README shows is TypeScript that compiles against the package as it is.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectRoot } from '../support/root.ts';
import { typeErrors } from '../support/type-check.ts';

const settings = {
  compilerOptions: {
    strict: true,
    skipLibCheck: true,
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
  },
};

function errorsIn(blocks: readonly string[]): string {
  const modules = blocks.map((block, index) => [`block-${index}`, `${block}\nexport {};\n`]);
  return typeErrors(Object.fromEntries(modules), settings);
}

test('the blocks of the README compile', () => {
  const text = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code as string);
  assert.ok(blocks.length >= 2);
  assert.is(errorsIn(blocks), '');
});

test('a block with a mistake does not', () => {
  const mistake = "import { open } from 'rescind/fs';\nawait open('x', 'r', { timeoutMs: 1 });";
  assert.match(errorsIn([mistake]), /TS2345/);
});

test.run();
