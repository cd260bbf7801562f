// time limit: 180 s
// What the README shows is TypeScript that compiles against the package as it is.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectRoot } from '../support/root.ts';

// Inside the package, so that it can import itself by name.
const directory = join(projectRoot, `build-readme-${process.pid}`);
const settings = [
  '--ignoreConfig',
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  '--target',
  'es2023',
  '--module',
  'nodenext',
  '--types',
  'node',
];

function errorsIn(code: readonly string[]): string {
  mkdirSync(directory);
  try {
    const files = code.map((block, index) => {
      const file = join(directory, `block-${index}.ts`);
      writeFileSync(file, `${block}\nexport {};\n`);
      return file;
    });
    const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
    const libraries = ['--lib', 'es2023,esnext.disposable'];
    execFileSync(process.execPath, [compiler, ...settings, ...libraries, ...files], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout ?? error);
  } finally {
    rmSync(directory, { recursive: true });
  }
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
