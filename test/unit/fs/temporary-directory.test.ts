import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtempDisposable } from '../../../src/fs/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const root = temporaryDirectory();

test('a temporary directory is removed with all that is in it, once', async () => {
  const directory = await mkdtempDisposable(join(root, 'a-'));
  assert.ok(directory.path.startsWith(join(root, 'a-')));
  mkdirSync(join(directory.path, 'below'));
  writeFileSync(join(directory.path, 'below/file'), 'x');
  await directory.remove();
  assert.not(existsSync(directory.path));
  await directory.remove();
  await directory[Symbol.asyncDispose]();
});

test('it is removed where it was made, wherever the process is by then', async () => {
  const before = process.cwd();
  const directory = await mkdtempDisposable(relative(before, join(root, 'b-')));
  // Not join(): where they are on two drives, the path is absolute.
  const place = resolve(before, directory.path);
  assert.ok(existsSync(place));
  process.chdir(root);
  try {
    await directory[Symbol.asyncDispose]();
  } finally {
    process.chdir(before);
  }
  assert.not(existsSync(place));
});

test('its removal can be taken back', async () => {
  const directory = await mkdtempDisposable(join(root, 'c-'));
  const reason = new Error('enough');
  const failure = await directory.remove({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => error);
  assert.is(failure, reason);
  assert.ok(existsSync(directory.path));
  await directory.remove();
});

test.run();
