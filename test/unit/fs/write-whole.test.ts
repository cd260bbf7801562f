import { execFileSync } from 'node:child_process';
import * as node from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appendFile, open, writeFile } from '../../../src/fs/index.ts';
import { canWriteWhole } from '../../../src/fs/write-whole.ts';
import { onWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

// The page cache is gone past on Linux only.
const { O_APPEND, O_CREAT, O_DIRECT = 0, O_EXCL, O_TRUNC, O_WRONLY } = node.constants;
const writing = O_WRONLY | O_CREAT | O_TRUNC;

test('one submission is for data that is all there, up to 1 MiB', () => {
  assert.is(canWriteWhole(writing, new Uint8Array(1)), true);
  assert.is(canWriteWhole(O_WRONLY | O_CREAT | O_APPEND, new Uint8Array(1024 * 1024)), true);
  assert.is(canWriteWhole(writing, new Uint8Array(1024 * 1024 + 1)), false);
  assert.is(canWriteWhole(writing, new Uint8Array(0)), false);
});

test('one submission is not for files that must be new, and not past the page cache', () => {
  assert.is(canWriteWhole(writing | O_EXCL, new Uint8Array(1)), false);
  assert.is(canWriteWhole(writing | O_DIRECT, new Uint8Array(1)), O_DIRECT === 0);
});

test('a file is created, replaced and appended to, whether its name is in the cache or not', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'file');
  await writeFile(path, 'a longer text at first');
  assert.is(node.readFileSync(path, 'utf8'), 'a longer text at first');
  await writeFile(path, 'short');
  assert.is(node.readFileSync(path, 'utf8'), 'short');
  await appendFile(path, Buffer.from(' and more'));
  assert.is(node.readFileSync(path, 'utf8'), 'short and more');
  assert.is(node.existsSync(join(directory, 'new')), false);
  await writeFile(join(directory, 'new'), 'x', { mode: 0o600 });
  // Of the permission bits Windows keeps that for writing, for all or for nobody.
  assert.is(node.statSync(join(directory, 'new')).mode & 0o777, onWindows ? 0o666 : 0o600);
});

// Needs a file system that can be filled: a small tmpfs, which only root can mount.
const mountable = process.getuid?.() === 0;

(mountable ? test : test.skip)(
  'a full device fails as in Node, and an append is not repeated from its beginning',
  async () => {
    const directory = temporaryDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]);
    try {
      const data = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
      const failure = async (work: Promise<void>): Promise<string> => {
        try {
          await work;
          return 'no failure';
        } catch (error) {
          return (error as Error).message;
        }
      };
      const expected = await failure(node.promises.writeFile(join(directory, 'node'), data));
      node.unlinkSync(join(directory, 'node'));
      assert.match(expected, /ENOSPC/);
      node.writeFileSync(join(directory, 'ours'), '');
      assert.is(await failure(writeFile(join(directory, 'ours'), data)), expected);
      node.writeFileSync(join(directory, 'ours'), '');
      assert.is(await failure(appendFile(join(directory, 'ours'), data)), expected);
      const written = node.readFileSync(join(directory, 'ours'));
      assert.ok(written.length > 0 && written.equals(data.subarray(0, written.length)));
    } finally {
      execFileSync('umount', [directory]);
    }
  },
);

(mountable ? test : test.skip)('a short write moves the position, and the next one does not overwrite it', async () => {
  const directory = temporaryDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]);
  try {
    const file = await open(join(directory, 'file'), 'w');
    const { bytesWritten } = await file.write(Buffer.alloc(100_000, 1));
    assert.ok(bytesWritten > 0 && bytesWritten < 100_000);
    try {
      await file.write(Buffer.alloc(10, 2));
      assert.unreachable('the device is full');
    } catch (error) {
      assert.is((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
    await file.close();
  } finally {
    execFileSync('umount', [directory]);
  }
});

test.run();
