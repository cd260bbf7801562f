// What calls on trees do beyond what they do as Node's.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { deadline } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { onWine } from '../../support/windows-differences.ts';

const root = temporaryDirectory();
let made = 0;

const links = onWine('symbolicLinksVanish') ? [] : ['a/loop', 'dangling', 'link'];

function tree(): string {
  const path = join(root, `tree-${made++}`);
  mkdirSync(join(path, 'a/b/c'), { recursive: true });
  writeFileSync(join(path, 'file'), 'file');
  writeFileSync(join(path, 'a/b/deep'), 'deep');
  symlinkSync('a', join(path, 'link'));
  symlinkSync('.', join(path, 'a/loop'));
  symlinkSync('nowhere', join(path, 'dangling'));
  return path;
}

/** UV_FS_O_EXLOCK, which node:fs has no name for. */
const exclusiveLock = 0x10000000;

test.before(() => fs.stat(root).then(() => undefined));

test('readdir of what is below gives relative paths and does not follow links', async () => {
  const path = tree();
  const names = ['a', 'a/b', 'a/b/c', 'a/b/deep', 'file', ...links].map((name) => name.replaceAll('/', sep)).sort();
  assert.equal((await fs.readdir(path, { recursive: true })).sort(), names);
  const bytes = await fs.readdir(path, { recursive: true, encoding: 'buffer' });
  assert.equal(bytes.map(String).sort(), names);
  assert.equal((await fs.readdir(Buffer.from(path), { recursive: true })).sort(), names);
});

test('opendir gives what is below too', async () => {
  const path = tree();
  const found = [];
  for await (const entry of await fs.opendir(path, { recursive: true })) found.push(join(entry.parentPath, entry.name));
  assert.is(found.length, 5 + links.length);
  assert.ok(found.includes(join(path, 'a/b/deep')));
  const bytes = await fs.opendir(path, { encoding: 'buffer' });
  assert.instance((await bytes.read())?.name, Buffer);
  await bytes[Symbol.asyncDispose]();
  await bytes[Symbol.asyncDispose]();
});

onlyOnLinux('names are UTF-16')('names that are no text are found, copied and removed', async () => {
  const path = tree();
  const odd = Buffer.concat([Buffer.from(`${path}/`), Buffer.of(0xff, 0xfe)]);
  mkdirSync(odd);
  writeFileSync(Buffer.concat([odd, Buffer.from('/'), Buffer.of(0x80)]), 'odd');
  await fs.cp(path, `${path}-copy`, { recursive: true });
  execFileSync('diff', ['-r', '--no-dereference', join(path, 'a/b'), join(`${path}-copy`, 'a/b')]);
  const copied = readdirSync(Buffer.from(`${path}-copy`), 'buffer');
  assert.ok(copied.some((name) => name.equals(Buffer.of(0xff, 0xfe))));
  const dirent = (await fs.readdir(path, { withFileTypes: true, encoding: 'buffer' })).find(
    ({ name }) => name[0] === 0xff,
  );
  assert.ok(dirent?.isDirectory());
  await fs.rm(`${path}-copy`, { recursive: true });
  await fs.rm(path, { recursive: true });
  assert.not(existsSync(path));
  assert.not(existsSync(`${path}-copy`));
});

test('copying a tree a second time changes nothing', async () => {
  const path = tree();
  await fs.cp(path, `${path}-copy`, { recursive: true });
  writeFileSync(join(path, 'file'), 'changed');
  await fs.cp(path, `${path}-copy`, { recursive: true });
  assert.is(readFileSync(join(`${path}-copy`, 'file'), 'utf8'), 'changed');
  assert.equal(readdirSync(`${path}-copy`).sort(), readdirSync(path).sort());
});

test('cp keeps both times', async () => {
  const path = tree();
  utimesSync(join(path, 'file'), 1_000_000_000.25, 1_100_000_000.5);
  utimesSync(join(path, 'a'), 1_000_000_001, 1_100_000_001);
  await fs.cp(path, `${path}-copy`, { recursive: true, preserveTimestamps: true });
  const [file, directory] = [statSync(join(`${path}-copy`, 'file')), statSync(join(`${path}-copy`, 'a'))];
  assert.equal(
    [onWine('accessTimesStay') ? 1_000_000_000_250 : file.atimeMs, file.mtimeMs, directory.mtimeMs],
    [1_000_000_000_250, 1_100_000_000_500, 1_100_000_001_000],
  );
});

test('a filter that throws ends the copy with what it threw', async () => {
  const path = tree();
  const failure = new Error('mine');
  const copying = fs.cp(path, `${path}-copy`, { recursive: true, filter: () => Promise.reject(failure) });
  assert.is(await copying.catch((error: unknown) => error), failure);
});

test('a large tree is removed, wide and deep, with no descriptor left', async () => {
  const path = join(root, 'large');
  mkdirSync(path);
  for (let index = 0; index < 500; index++) writeFileSync(join(path, `file-${index}`), '');
  let deep = path;
  for (let index = 0; index < 150; index++) {
    deep = join(deep, 'below');
    mkdirSync(deep);
    writeFileSync(join(deep, 'file'), '');
  }
  const before = openDescriptors();
  await deadline(fs.rm(path, { recursive: true }), 'rm');
  assert.not(existsSync(path));
  await assertSameDescriptors(before, 'rm');
});

test('two removals of one tree at a time both succeed', async () => {
  const path = tree();
  await deadline(
    Promise.all([fs.rm(path, { recursive: true, force: true }), fs.rm(path, { recursive: true, force: true })]),
    'rm',
  );
  assert.not(existsSync(path));
});

test('attempts that may succeed later are made again, as often as was asked', async () => {
  // A mount point is busy; a working stand-in is a directory something is put into while it is removed.
  const path = tree();
  let stop = false;
  const filler = (async () => {
    for (let index = 0; !stop && index < 200; index++) {
      await fs.writeFile(join(path, `late-${index}`), '').catch(() => (stop = true));
    }
    stop = true;
  })();
  await deadline(fs.rm(path, { recursive: true, maxRetries: 50, retryDelay: 5 }), 'rm');
  await filler;
  await fs.rm(path, { recursive: true, force: true, maxRetries: 5 });
  assert.not(existsSync(path));
});

test('the pause between attempts is taken back by an abort', async () => {
  // On Linux files of /proc cannot be removed (EPERM), and this directory holds nothing but such files; on Windows what
  // somebody has opened for himself alone cannot (EBUSY).
  const path = onWindows ? tree() : '/proc/self/fdinfo';
  const alone = onWindows ? await fs.open(join(path, 'file'), exclusiveLock) : null;
  const controller = new AbortController();
  const removing = fs.rm(path, {
    recursive: true,
    maxRetries: 100,
    retryDelay: 60_000,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort('enough'), 30);
  assert.is(
    await deadline(
      removing.catch((reason: unknown) => reason),
      'rm',
    ),
    'enough',
  );
  await alone?.close();
});

test('mkdir makes one deep tree for many callers at a time', async () => {
  const path = join(root, 'shared', ...Array(20).fill('x'));
  const firsts = await Promise.all(Array.from({ length: 20 }, () => fs.mkdir(path, { recursive: true })));
  assert.ok(statSync(path).isDirectory());
  assert.ok(firsts.some((first) => first !== undefined));
  await fs.mkdir(Buffer.from(join(root, 'bytes', 'below')), { recursive: true });
  assert.ok(statSync(join(root, 'bytes', 'below')).isDirectory());
});

test.run();
