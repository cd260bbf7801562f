// Calls on whole trees that must do, give and say the same as Node's: src/fs/copier.ts, src/fs/remove.ts,
// src/fs/read-directory.ts, src/fs/directory.ts, src/fs/described-error.ts.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onlyOnLinux } from '../../support/platforms.ts';
import { testExceptOnWine } from '../../support/windows-differences.ts';
import { found } from './listing.ts';
import { type Api, assertSame } from './side-by-side.ts';

type Scenario = (fs: Api, at: (name: string) => string) => Promise<unknown>;

function prepare(directory: string): (name: string) => string {
  const at = (name: string): string => join(directory, name);
  mkdirSync(at('tree/a/b/c'), { recursive: true });
  mkdirSync(at('tree/empty'));
  writeFileSync(at('tree/file'), 'file');
  writeFileSync(at('tree/a/b/deep'), 'deep');
  writeFileSync(at('tree/a/executable'), '#!', { mode: 0o755 });
  symlinkSync('b', at('tree/a/link-to-directory'));
  symlinkSync('../file', at('tree/a/link-to-file'));
  symlinkSync('nowhere', at('tree/dangling'));
  symlinkSync('/etc/passwd', at('tree/absolute'));
  chmodSync(at('tree/a/b'), 0o750);
  utimesSync(at('tree/file'), 1_000_000_000, 1_100_000_000.5);
  writeFileSync(at('file'), 'single');
  mkdirSync(at('other'));
  writeFileSync(at('other/file'), 'other');
  return at;
}

const comparing = (name: string, scenario: Scenario) => (): Promise<void> =>
  assertSame(name, (fs, directory) => scenario(fs, prepare(directory)));

function same(name: string, scenario: Scenario): void {
  test(name, comparing(name, scenario));
}

/** For what is about symbolic links alone; the others have some in their trees where there are any. */
function sameOfLinks(name: string, scenario: Scenario): void {
  testExceptOnWine('symbolicLinksVanish', name, comparing(name, scenario));
}

for (const options of [
  { recursive: true },
  { recursive: true, verbatimSymlinks: true },
  { recursive: true, force: false },
  { recursive: true, mode: 1 },
  { recursive: true, filter: (path: string) => !path.endsWith('b') },
  { recursive: true, filter: async (path: string) => !path.includes('link') },
  { recursive: true, filter: () => false },
] as const) {
  same(`cp of a tree, ${Object.entries(options).join(' ')}`, async (fs, at) => {
    await fs.cp(at('tree'), at('new/below'), options).catch((error) => assert.unreachable(error.stack));
    return found(at(''));
  });
  same(`cp of a tree onto another, ${Object.entries(options).join(' ')}`, async (fs, at) => {
    const outcome = await fs.cp(at('tree'), at('other'), options).then(
      () => 'done',
      (error) => error.code,
    );
    return [outcome, found(at('other')), await fs.readFile(at('other/file'), 'utf8')];
  });
}

sameOfLinks('cp that follows links', async (fs, at) => {
  await fs.rm(at('tree/dangling'));
  await fs.cp(at('tree'), at('new'), { recursive: true, dereference: true });
  return found(at('new'));
});
sameOfLinks('cp that follows a dangling link', (fs, at) =>
  fs.cp(at('tree/dangling'), at('new'), { dereference: true }),
);
same('cp of a file into a new place', async (fs, at) => {
  await fs.cp(at('file'), at('x/y/z'));
  return found(at('x'));
});
same('cp keeps times when asked', async (fs, at) => {
  await fs.cp(at('tree'), at('new'), { recursive: true, preserveTimestamps: true });
  return (await fs.stat(at('new/file'))).mtimeMs;
});
sameOfLinks('cp of a link alone', async (fs, at) => {
  await fs.cp(at('tree/a/link-to-file'), at('copied'));
  return (await fs.readlink(at('copied'))).slice(-'/tree/file'.length);
});

same('cp of nothing', (fs, at) => fs.cp(at('none'), at('new')));
same('cp of a directory without recursive', (fs, at) => fs.cp(at('tree'), at('new')));
same('cp onto itself', (fs, at) => fs.cp(at('file'), at('file')));
same('cp of a tree onto itself', (fs, at) => fs.cp(at('tree'), at('tree'), { recursive: true }));
same('cp into itself', (fs, at) => fs.cp(at('tree'), at('tree/a/b/new'), { recursive: true }));
sameOfLinks('cp into itself through a link', (fs, at) =>
  fs.cp(at('tree/a'), at('tree/a/link-to-directory/new'), { recursive: true }),
);
same('cp of a file onto a directory', (fs, at) => fs.cp(at('file'), at('tree')));
same('cp of a directory onto a file', (fs, at) => fs.cp(at('tree'), at('file'), { recursive: true }));
same('cp onto what exists', (fs, at) => fs.cp(at('file'), at('other/file'), { force: false, errorOnExist: true }));
same('cp onto what exists, silently', (fs, at) => fs.cp(at('file'), at('other/file'), { force: false }));
onlyOnLinux('a pipe of Windows lies in no directory')('cp of a FIFO', () =>
  assertSame('cp of a FIFO', (fs, directory) => {
    const path = join(directory, 'fifo');
    execFileSync('mkfifo', [path]);
    return fs.cp(path, join(directory, 'new'));
  }),
);
same('cp of a tree below a file', (fs, at) => fs.cp(at('tree'), at('file/new'), { recursive: true }));
sameOfLinks('cp of a link onto a link to a directory above', async (fs, at) => {
  mkdirSync(at('x/y'), { recursive: true });
  symlinkSync(at('x/y'), at('from'));
  symlinkSync(at('x'), at('to'));
  return fs.cp(at('from'), at('to'));
});
sameOfLinks('cp of a link onto a link to a directory below', async (fs, at) => {
  mkdirSync(at('x/y'), { recursive: true });
  symlinkSync(at('x'), at('from'));
  symlinkSync(at('x/y'), at('to'));
  return fs.cp(at('from'), at('to'));
});

same('copyFile', async (fs, at) => {
  await fs.copyFile(at('tree/a/executable'), at('copied'));
  await fs.copyFile(at('file'), at('other/file'));
  await fs.copyFile(at('tree/a/link-to-file'), at('linked'));
  return [found(at('copied')), found(at('other')), found(at('linked'))];
});

same('rm of a file', async (fs, at) => [await fs.rm(at('file')), found(at(''))]);
sameOfLinks('rm of a link removes the link', async (fs, at) => [
  await fs.rm(at('tree/a/link-to-directory')),
  found(at('')),
]);
sameOfLinks('rm of a dangling link', async (fs, at) => [await fs.rm(at('tree/dangling')), found(at(''))]);
same('rm of a tree', async (fs, at) => [await fs.rm(at('tree'), { recursive: true }), found(at(''))]);
same('rm of an empty directory', async (fs, at) => [await fs.rm(at('tree/empty'), { recursive: true }), found(at(''))]);
sameOfLinks('rm of a link to a tree leaves the tree', async (fs, at) => {
  symlinkSync(at('tree'), at('to-tree'));
  await fs.rm(at('to-tree'), { recursive: true });
  return found(at(''));
});
same('rm of nothing', (fs, at) => fs.rm(at('none')));
same('rm of nothing, by force', (fs, at) => fs.rm(at('none'), { force: true, recursive: true }));
same('rm of a directory', (fs, at) => fs.rm(at('tree')));
same('rm of a directory by force', (fs, at) => fs.rm(at('tree'), { force: true }));
same('rm below a file', (fs, at) => fs.rm(at('file/below'), { recursive: true }));
same('readdir', async (fs, at) => (await fs.readdir(at('tree'))).sort());
same('readdir in other encodings', async (fs, at) => [
  (await fs.readdir(at('tree'), 'hex')).sort(),
  (await fs.readdir(at('tree'), { encoding: 'base64' })).sort(),
]);
same('readdir with types', async (fs, at) =>
  (await fs.readdir(at('tree'), { withFileTypes: true }))
    .map((entry) => [
      entry.name,
      entry.isFile(),
      entry.isDirectory(),
      entry.isSymbolicLink(),
      entry.parentPath === at('tree'),
    ])
    .sort(),
);
// Node 26 follows links to directories here; ours never does.
same('readdir of what is below, with types', async (fs, at) =>
  (await fs.readdir(at('tree'), { withFileTypes: true, recursive: true }))
    .filter((entry) => !entry.parentPath.includes('link-to-directory'))
    .map((entry) => [
      entry.name,
      entry.isFile(),
      entry.isDirectory(),
      entry.isSymbolicLink(),
      entry.parentPath.slice(at('').length),
    ])
    .sort(),
);
same('readdir of an empty directory', (fs, at) => fs.readdir(at('tree/empty'), { recursive: true }));
same('readdir of a directory with many names', async (fs, at) => {
  await fs.mkdir(at('many'));
  for (let index = 0; index < 2000; index++)
    writeFileSync(join(at('many'), `a rather long name to fill the block ${index}`.repeat(4)), '');
  const names = await fs.readdir(at('many'));
  return names.sort();
});

same('opendir', async (fs, at) => {
  const names = [];
  for await (const entry of await fs.opendir(at('tree')))
    names.push([entry.name, entry.isDirectory(), entry.parentPath === at('tree')]);
  const directory = await fs.opendir(at('tree'), { bufferSize: 1 });
  let count = 0;
  while ((await directory.read()) !== null) count++;
  const isRight = directory.path === at('tree');
  await directory.close();
  const told = (call: () => Promise<unknown>): Promise<unknown> =>
    (async () => call())().then(
      () => 'done',
      (error) => error.code,
    );
  const [after, again] = [await told(() => directory.read()), await told(() => directory.close())];
  return [names.sort(), count, isRight, after, again];
});

test.run();
