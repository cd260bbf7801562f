// Read-only files, directories, renames and who else has a file open, as only Windows has it: what Node does and says, ours does
// and says.

import { closeSync, openSync } from 'node:fs';
import { test } from 'uvu';
import { found } from './listing.ts';
import type { Api } from './side-by-side.ts';
import { type Scenario, same, sameExceptOnWine, told, toldOf, withHandle } from './windows-scenarios.ts';

// Read-only files.

async function readOnly(fs: Api, path: string): Promise<string> {
  await fs.chmod(path, 0o444);
  return path;
}

for (const [name, call] of Object.entries<(fs: Api, path: string, at: (name: string) => string) => Promise<unknown>>({
  'open for reading': (fs, path) => withHandle(fs, path, 'r', async (file) => (await file.stat()).mode),
  'open for writing': (fs, path) => withHandle(fs, path, 'r+', (file) => file.write('x')),
  'open for appending': (fs, path) => withHandle(fs, path, 'a', (file) => file.write('x')),
  writeFile: (fs, path) => fs.writeFile(path, 'x'),
  appendFile: (fs, path) => fs.appendFile(path, 'x'),
  truncate: (fs, path) => fs.truncate(path),
  utimes: (fs, path) => fs.utimes(path, 1, 2),
  'access for writing': (fs, path) => fs.access(path, 2),
  'access for reading': (fs, path) => fs.access(path, 4),
  stat: async (fs, path) => (await fs.stat(path)).mode,
  unlink: (fs, path) => fs.unlink(path),
  rm: (fs, path) => fs.rm(path),
  'rename of it': (fs, path, at) => fs.rename(path, at('renamed')),
  'rename onto it': (fs, path, at) => fs.rename(at('other'), path),
  'copyFile of it': (fs, path, at) => fs.copyFile(path, at('copied')),
  'copyFile onto it': (fs, path, at) => fs.copyFile(at('other'), path),
  'cp of it': (fs, path, at) => fs.cp(path, at('copied')),
  'cp of it with its times': (fs, path, at) => fs.cp(path, at('copied'), { preserveTimestamps: true }),
  'cp onto it': (fs, path, at) => fs.cp(at('other'), path),
  'link to it': (fs, path, at) => fs.link(path, at('linked')),
  'chmod back': (fs, path) => fs.chmod(path, 0o600),
  'chmod through a handle': (fs, path) => withHandle(fs, path, 'r', (file) => file.chmod(0o666)),
})) {
  same(`a read-only file: ${name}`, async (fs, at) => [
    await told(async () => call(fs, await readOnly(fs, at('file')), at)),
    found(at('')),
  ]);
  same(`a read-only file, the error: ${name}`, async (fs, at) => call(fs, await readOnly(fs, at('file')), at));
}
same('read-only files in a tree that is removed', async (fs, at) => {
  await readOnly(fs, at('full/inside'));
  await readOnly(fs, at('full/below'));
  return [await told(() => fs.rm(at('full'), { recursive: true })), found(at(''))];
});
same('read-only files in a tree that is copied, twice', async (fs, at) => {
  await readOnly(fs, at('full/inside'));
  return [
    await told(() => fs.cp(at('full'), at('new'), { recursive: true })),
    await told(() => fs.cp(at('full'), at('new'), { recursive: true })),
    found(at('new')),
  ];
});
same('a read-only directory', async (fs, at) => {
  await readOnly(fs, at('empty'));
  return [
    (await fs.stat(at('empty'))).mode,
    await told(() => fs.access(at('empty'), 2)),
    await told(() => fs.writeFile(at('empty/file'), 'x')),
    await told(() => fs.unlink(at('empty/file'))),
    await told(() => fs.rename(at('empty'), at('moved'))),
    await told(() => fs.rmdir(at('moved'))),
    found(at('')),
  ];
});
same('a file that is made read-only', async (fs, at) => {
  const results = await withHandle(fs, at('made'), 'w', async (file) => [await told(() => file.write('x'))]);
  const again = await fs.open(at('locked'), 'w', 0o444);
  results.push(await told(() => again.write('written all the same')));
  await again.close();
  return [...results, await told(() => fs.writeFile(at('locked'), 'x')), found(at(''))];
});

// Directories where files are asked for.

for (const flags of ['r', 'r+', 'w', 'wx', 'a', 'a+', 'ax', 'w+', 'as']) {
  same(`a directory is opened with ${flags}`, (fs, at) =>
    told(() =>
      withHandle(fs, at('full'), flags, async (file) =>
        toldOf([
          async () => (await file.stat()).isDirectory(),
          () => file.read(Buffer.alloc(4)),
          () => file.read(Buffer.alloc(4), 0, 4, 0),
          () => file.readFile(),
          () => file.write('x'),
          () => file.truncate(),
          () => file.sync(),
          () => file.datasync(),
          // Node's chmod() of a handle cannot have that of a directory; ours can.
          () => file.chown(-1, -1),
          () => file.utimes(1, 2),
        ]),
      ),
    ),
  );
}
same('the error of a directory opened to be made', (fs, at) => fs.open(at('full'), 'wx'));
same('calls on files, on directories', (fs, at) =>
  toldOf([
    () => fs.unlink(at('empty')),
    () => fs.unlink(at('full')),
    () => fs.rm(at('empty')),
    () => fs.truncate(at('full')),
    () => fs.appendFile(at('full'), 'x'),
    () => fs.copyFile(at('full'), at('copied')),
    () => fs.copyFile(at('file'), at('full')),
    () => fs.link(at('full'), at('linked')),
    () => fs.readlink(at('full')),
    () => fs.readlink(at('file')),
  ]),
);
same('the error of unlink of a directory', (fs, at) => fs.unlink(at('full')));
same('the error of copyFile onto a directory', (fs, at) => fs.copyFile(at('file'), at('full')));
same('the error of link to a directory', (fs, at) => fs.link(at('full'), at('linked')));
same('the error of rmdir of a directory that is not empty', (fs, at) => fs.rmdir(at('full')));

// Renames.

for (const [from, to] of [
  ['file', 'other'],
  ['file', 'file'],
  ['file', 'FILE'],
  ['file', 'empty'],
  ['file', 'full'],
  ['empty', 'file'],
  ['empty', 'full'],
  ['empty', 'empty'],
  ['empty', 'EMPTY'],
  ['full', 'empty'],
  ['full', 'full/below/itself'],
  ['missing', 'file'],
  ['file', 'missing/file'],
  ['full', 'missing/full'],
] as const) {
  same(`rename of ${from} to ${to}`, async (fs, at) => [await told(() => fs.rename(at(from), at(to))), found(at(''))]);
  same(`the error of rename of ${from} to ${to}`, (fs, at) => fs.rename(at(from), at(to)));
}

// What somebody else has open, with the share modes node:fs opens files with.

/** While node:fs has `name` open. */
function whileOpen(
  name: string,
  flags: string,
  calls: (fs: Api, at: (name: string) => string) => readonly (() => Promise<unknown>)[],
): Scenario {
  return async (fs, at) => {
    const descriptor = openSync(at(name), flags);
    let results: unknown[];
    try {
      results = await toldOf(calls(fs, at));
    } finally {
      closeSync(descriptor);
    }
    return [results, found(at(''))];
  };
}

for (const flags of ['r', 'r+', 'a']) {
  same(`a file that is open with ${flags} is read, written and moved`, (fs, at) =>
    whileOpen('file', flags, () => [
      () => fs.readFile(at('file'), 'utf8'),
      () => fs.writeFile(at('file'), 'new'),
      () => fs.appendFile(at('file'), '!'),
      () => fs.truncate(at('file'), 2),
      () => fs.copyFile(at('file'), at('copied')),
      () => fs.copyFile(at('other'), at('file')),
      () => fs.utimes(at('file'), 1, 2),
      () => fs.rename(at('file'), at('renamed')),
      () => fs.rename(at('renamed'), at('full/moved')),
      () => fs.link(at('full/moved'), at('linked')),
    ])(fs, at),
  );
}
sameExceptOnWine('openFilesKeepNames', 'a file that is open is replaced by a rename', (fs, at) =>
  whileOpen('file', 'r', () => [() => fs.rename(at('other'), at('file')), () => fs.readFile(at('file'), 'utf8')])(
    fs,
    at,
  ),
);
sameExceptOnWine('deletedNamesStay', 'a file that is open is removed, and another takes its name', (fs, at) =>
  whileOpen('file', 'r', () => [
    () => fs.unlink(at('file')),
    () => fs.stat(at('file')),
    () => fs.writeFile(at('file'), 'another'),
    () => fs.readFile(at('file'), 'utf8'),
  ])(fs, at),
);
sameExceptOnWine('deletedNamesStay', 'a tree with a file that is open is removed', (fs, at) =>
  whileOpen('full/inside', 'r', () => [() => fs.rm(at('full'), { recursive: true })])(fs, at),
);
sameExceptOnWine('openDirectoriesMove', 'a directory with a file that is open is renamed', (fs, at) =>
  whileOpen('full/inside', 'r', () => [() => fs.rename(at('full'), at('moved')), () => fs.readdir(at('full'))])(fs, at),
);
same('a file that was opened by the same calls is moved and removed', (fs, at) =>
  withHandle(fs, at('file'), 'r+', async (file) => {
    await fs.rename(at('file'), at('renamed'));
    const { bytesRead } = await file.read(Buffer.alloc(4));
    await fs.unlink(at('renamed'));
    return [bytesRead, await told(() => file.write('after')), (await file.stat()).size];
  }),
);
/** UV_FS_O_EXLOCK, which node:fs has no name for: nobody else may open the file. */
const alone = 0x10000000;
same('a file that is opened for oneself alone', (fs, at) =>
  withHandle(fs, at('file'), alone, (file) =>
    toldOf([
      () => fs.open(at('file')),
      () => fs.readFile(at('file')),
      () => fs.writeFile(at('file'), 'x'),
      async () => (await fs.stat(at('file'))).size,
      async () => (await fs.lstat(at('file'))).size,
      () => fs.access(at('file')),
      () => fs.rename(at('file'), at('renamed')),
      () => fs.unlink(at('file')),
      () => fs.copyFile(at('file'), at('copied')),
      () => fs.copyFile(at('other'), at('file')),
      () => fs.rm(at('full'), { recursive: true }),
      () => fs.utimes(at('file'), 1, 2),
      () => fs.chmod(at('file'), 0o444),
      async () => (await file.read(Buffer.alloc(4))).bytesRead,
    ]),
  ),
);
same('the error of a file that somebody has for himself', (fs, at) =>
  withHandle(fs, at('file'), alone, () => fs.readFile(at('file'))),
);

test.run();
