import { existsSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkSocketPath, SocketFile } from '../../../src/net/unix-path.ts';
import { onWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** Makes what a listening socket leaves at its path. Node has no Unix sockets on Windows; there a file stands for it. */
async function listening(path: string): Promise<{ close(): unknown }> {
  if (onWindows) {
    writeFileSync(path, '');
    return { close: () => {} };
  }
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

test('paths have at most 107 bytes, abstract names, which only Linux has, 108', () => {
  const abstract = [`\0${'x'.repeat(107)}`, '\0a\0b'];
  const accepted = ['/tmp/a', 'x'.repeat(107), 'é'.repeat(53), ...(onWindows ? [] : abstract)];
  for (const path of accepted) checkSocketPath(path, 'path');
  const tooLong = ['x'.repeat(108), `\0${'x'.repeat(108)}`, 'é'.repeat(54)];
  const refused = ['', '\0', 'a\0', ...tooLong, ...(onWindows ? abstract : [])];
  for (const path of refused) {
    assert.throws(
      () => checkSocketPath(path, 'path'),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_VALUE',
      JSON.stringify(path),
    );
  }
  for (const path of [undefined, null, 5, Buffer.from('x')]) {
    assert.throws(
      () => checkSocketPath(path, 'path'),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_TYPE',
    );
  }
});

test('our file is removed', async () => {
  const path = join(directory, 'ours');
  const server = await listening(path);
  const file = (await SocketFile.of(path)) as SocketFile;
  await file.remove();
  assert.not(existsSync(path));
  await file.remove();
  server.close();
});

test('a relative path leads to the same file after the working directory has changed', async () => {
  const before = process.cwd();
  process.chdir(directory);
  const server = await listening('relative');
  const file = (await SocketFile.of('relative')) as SocketFile;
  process.chdir('/');
  await file.remove();
  process.chdir(before);
  assert.not(existsSync(join(directory, 'relative')));
  server.close();
});

test('another file at our path stays', async () => {
  const path = join(directory, 'theirs');
  const server = await listening(path);
  const file = (await SocketFile.of(path)) as SocketFile;
  // Kept alive under another name, so that its number is not given out again.
  linkSync(path, `${path}-old`);
  writeFileSync(`${path}-new`, '');
  renameSync(`${path}-new`, path);
  await file.remove();
  assert.ok(existsSync(path));
  server.close();
  rmSync(path, { force: true });
});

test('abstract names and files that are gone have nothing to remove', async () => {
  assert.is(await SocketFile.of('\0abstract'), null);
  assert.is(await SocketFile.of(join(directory, 'not there')), null);
});

test.run();
