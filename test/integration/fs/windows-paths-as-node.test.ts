// Paths and names as only Windows has them: what Node does and says, ours does and says.

import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, parse, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as ours from '../../../src/fs/index.ts';
import { onlyOnWindows, onWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type Difference, onWine, testExceptOnWine } from '../../support/windows-differences.ts';
import { found } from './listing.ts';
import { type Api, assertSame } from './side-by-side.ts';

const testOnWindows = onlyOnWindows('drives, prefixes and names of Windows');

// For names relative to a directory or a drive: the project may lie on another drive.
if (onWindows) process.chdir(tmpdir());

type Scenario = (fs: Api, at: (name: string) => string) => Promise<unknown>;

function prepare(directory: string): (name: string) => string {
  const at = (name: string): string => `${directory}\\${name}`;
  writeFileSync(at('file'), 'contents');
  mkdirSync(at('folder\\below'), { recursive: true });
  writeFileSync(at('folder\\inside'), 'inside');
  return at;
}

function same(name: string, scenario: Scenario): void {
  testOnWindows(name, () => assertSame(name, (fs, directory) => scenario(fs, prepare(directory))));
}

function exceptOnWine(difference: Difference, name: string, run: () => Promise<void>): void {
  if (onWine(difference)) testExceptOnWine(difference, name, run);
  else testOnWindows(name, run);
}

function sameExceptOnWine(difference: Difference, name: string, scenario: Scenario): void {
  exceptOnWine(difference, name, () => assertSame(name, (fs, directory) => scenario(fs, prepare(directory))));
}

/** What a call gives or fails with, for scenarios of several. */
async function told(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await call()) ?? 'done';
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return [code, syscall];
  }
}

/** Every call on a path that is there. */
async function everything(fs: Api, file: string, folder: string): Promise<unknown[]> {
  const calls: (() => Promise<unknown>)[] = [
    async () => (await fs.stat(file)).size,
    async () => (await fs.lstat(folder)).isDirectory(),
    () => fs.access(file),
    () => fs.readFile(file, 'utf8'),
    () => fs.appendFile(file, '!'),
    () => fs.writeFile(file, 'new'),
    () => fs.truncate(file, 1),
    () => fs.utimes(file, 1, 2),
    () => fs.chmod(file, 0o600),
    () => fs.chown(file, -1, -1),
    async () => (onWine('realPathsAreShort') && file.length > 260) || basename(await fs.realpath(file)),
    async () => (await fs.readdir(folder)).sort(),
    async () => {
      const names: string[] = [];
      for await (const { name } of await fs.opendir(folder)) names.push(name);
      return names.sort();
    },
    async () => (await fs.statfs(folder)).bsize > 0,
    () => fs.copyFile(file, `${folder}\\copied`),
    () => fs.link(file, `${folder}\\linked`),
    () => fs.rename(`${folder}\\linked`, `${folder}\\renamed`),
    () => fs.mkdir(`${folder}\\made`),
    () => fs.mkdir(`${folder}\\a\\b\\c`, { recursive: true }).then((first) => basename(first as string)),
    async () => basename(await fs.mkdtemp(`${folder}\\temporary-`)).length,
    () => fs.rmdir(`${folder}\\made`),
    () => fs.cp(folder, `${folder}-copy`, { recursive: true }),
    async () => (await fs.readdir(`${folder}-copy`, { recursive: true })).length,
    () => fs.rm(`${folder}-copy`, { recursive: true }),
    async () => {
      const handle = await fs.open(file, 'r+');
      const { bytesRead } = await handle.read(Buffer.alloc(4));
      await handle.close();
      return bytesRead;
    },
    () => fs.unlink(file),
    () => fs.stat(file),
  ];
  const results: unknown[] = [];
  for (const call of calls) results.push(await told(call));
  return results;
}

const long = 'a rather long name to get beyond what fits'.repeat(2);

same('paths beyond 260 characters', async (fs, at) => {
  const deep = at([long, long, long, long].join('\\'));
  const first = await fs.mkdir(deep, { recursive: true });
  await fs.writeFile(`${deep}\\file`, 'far below');
  return [
    basename(first as string),
    await everything(fs, `${deep}\\file`, deep),
    await fs.rm(at(long), { recursive: true }),
  ];
});
same('a name of 255 characters, and one of 256', async (fs, at) => [
  await told(() => fs.writeFile(at('n'.repeat(255)), 'x')),
  await told(() => fs.writeFile(at('n'.repeat(256)), 'x')),
  await told(() => fs.mkdir(at('d'.repeat(256)))),
  await told(() => fs.stat(at('n'.repeat(256)))),
  await told(() => fs.rename(at('file'), at('n'.repeat(256)))),
]);
for (const length of [32_000, 33_000, 70_000]) {
  const calls = async (fs: Api, at: (name: string) => string): Promise<unknown[]> => {
    const path = at('x\\'.repeat(length / 2));
    return [
      await told(() => fs.stat(path)),
      await told(() => fs.open(path)),
      await told(() => fs.mkdir(path)),
      await told(() => fs.unlink(path)),
    ];
  };
  if (length < 32_767) same(`a path of ${length} characters`, calls);
  else sameExceptOnWine('tooLongIsMissing', `a path of ${length} characters`, calls);
}
testOnWindows('a path of more than 32,767 characters is too long', async () => {
  const path = `C:\\${'x\\'.repeat(20_000)}`;
  for (const call of [() => ours.stat(path), () => ours.readFile(path), () => ours.unlink(path)]) {
    assert.is((await rejected(call())).code, 'ENAMETOOLONG');
  }
});

/** The same file in other words. */
const spellings: Record<string, (path: string) => string> = {
  slashes: (path) => path.replaceAll('\\', '/'),
  'two separators in a row': (path) => path.replaceAll('\\', '\\\\').replace(/^(.:)\\\\/, '$1\\'),
  'dots among the names': (path) => path.replace(/\\(?=[^\\]*$)/, '\\.\\nowhere\\..\\'),
  'a small drive letter': (path) => path.replace(/^./, (letter) => letter.toLowerCase()),
  'other cases': (path) => path.toUpperCase(),
  'the prefix \\\\?\\': (path) => `\\\\?\\${path}`,
  'the prefix \\\\.\\': (path) => `\\\\.\\${path}`,
  'the prefix //?/': (path) => `//?/${path.replaceAll('\\', '/')}`,
  'no drive': (path) => path.slice(2),
  'the current directory': (path) => relative(process.cwd(), path),
};
// Node 20 shows bytes as they are.
const nodeMakesBytesAbsolute = Number(process.versions.node.split('.')[0]) >= 22;
for (const [name, spelled] of Object.entries(spellings)) {
  same(`${name}: every call`, (fs, at) => everything(fs, spelled(at('file')), spelled(at('folder'))));
  same(`${name}: the error of what is missing`, (fs, at) => fs.stat(spelled(at('missing'))));
  same(`${name}: the error of a rename`, (fs, at) => fs.rename(spelled(at('missing')), spelled(at('renamed'))));
  same(`${name}: bytes`, async (fs, at) => fs.readFile(Buffer.from(spelled(at('file'))), 'utf8'));
  if (nodeMakesBytesAbsolute) {
    same(`${name}: the error about bytes`, (fs, at) => fs.readFile(Buffer.from(spelled(at('missing')))));
  }
}
same('a separator at the end: a directory', async (fs, at) => [
  (await fs.stat(at('folder\\'))).isDirectory(),
  (await fs.readdir(at('folder\\'))).sort(),
  await told(() => fs.mkdir(at('made\\'))),
  await told(() => fs.rename(at('made\\'), at('moved\\'))),
  await told(() => fs.rmdir(at('moved\\'))),
  basename(await fs.realpath(at('folder\\'))),
]);
same('a separator at the end: a file', async (fs, at) => [
  await told(() => fs.readFile(at('file\\'), 'utf8')),
  await told(() => fs.writeFile(at('new\\'), 'x')),
  await told(() => fs.unlink(at('file\\'))),
  found(at('')),
]);
same('a slash at the end: the error', (fs, at) => fs.open(at('missing/')));
same('a file taken for a directory', async (fs, at) => [
  await told(() => fs.stat(at('file\\below'))),
  await told(() => fs.open(at('file\\below'))),
  await told(() => fs.open(at('file\\below'), 'w')),
  await told(() => fs.mkdir(at('file\\below'))),
  await told(() => fs.readdir(at('file'))),
  await told(() => fs.opendir(at('file'))),
  await told(() => fs.rmdir(at('file'))),
  await told(() => fs.rename(at('file'), at('file\\below'))),
]);

same('drives', async (fs, at) => {
  const drive = parse(at('')).root;
  return [
    (await fs.stat(drive)).isDirectory(),
    await fs.realpath(drive),
    await told(() => fs.mkdir(drive)),
    await told(() => fs.mkdir(drive, { recursive: true })),
    await told(() => fs.rmdir(drive)),
    await told(() => fs.unlink(drive)),
    await told(() => fs.readFile(drive)),
    await told(async () => (await fs.stat(drive.slice(0, 2))).isDirectory()),
    await told(() => fs.stat('Q:\\')),
    await told(() => fs.readdir('Q:\\')),
    await told(() => fs.mkdir('Q:\\a\\b', { recursive: true })),
    await told(() => fs.stat('5:\\')),
  ];
});
same('the error of a drive that is missing', (fs) => fs.readFile('Q:\\file'));
same('shares', async (fs) => [
  await told(() => fs.stat('\\\\localhost\\no such share')),
  await told(() => fs.readFile('\\\\localhost\\no such share\\file')),
  await told(() => fs.readdir('\\\\localhost\\no such share\\')),
  await told(() => fs.stat('\\\\?\\UNC\\localhost\\no such share\\file')),
]);
same('the error of a share', (fs) => fs.readFile('\\\\localhost\\no such share\\folder/file'));

for (const name of [
  'dot.',
  'dots...',
  'space ',
  'NUL',
  'con',
  'aux.txt',
  'COM1',
  'lpt9.log',
  ' first',
  '.hidden',
  'äöü ß',
  '日本語',
  '😀',
  "quote'd",
  'a+b;c=d,[e]',
  '%TEMP%',
  '~',
  'C',
]) {
  same(`a file called ${JSON.stringify(name)}`, async (fs, at) => {
    const written = await told(() => fs.writeFile(at(name), 'x'));
    const names = (await fs.readdir(at(''))).sort();
    return [written, names, await everything(fs, at(name), at('folder'))];
  });
  same(`a directory called ${JSON.stringify(name)}`, async (fs, at) => [
    await told(() => fs.mkdir(at(name))),
    (await fs.readdir(at(''))).sort(),
    await told(() => fs.writeFile(at(`${name}\\file`), 'x')),
    await told(() => fs.rm(at(name), { recursive: true })),
    (await fs.readdir(at(''))).sort(),
  ]);
}
for (const name of ['a<b', 'a>b', 'a|b', 'a?b', 'a*b', 'a"b', 'a\u0001b', '*', '?']) {
  same(`a name that is none: ${JSON.stringify(name)}`, async (fs, at) => [
    await told(() => fs.writeFile(at(name), 'x')),
    await told(() => fs.mkdir(at(name))),
    await told(() => fs.stat(at(name))),
    await told(() => fs.readdir(at(name))),
    await told(() => fs.unlink(at(name))),
    await told(() => fs.rename(at('file'), at(name))),
  ]);
}
same('the error of a name that is none', (fs, at) => fs.writeFile(at('a<b'), 'x'));
// Node puts U+FFFD in their place.
for (const name of ['half \ud83d', 'other half \ude00', '\ude00\ud83d swapped']) {
  exceptOnWine('namesAreWhole', `a name with half a character can be used: ${JSON.stringify(name)}`, async () => {
    const directory = temporaryDirectory();
    const path = join(directory, name);
    await ours.writeFile(path, 'x');
    assert.equal(await ours.readdir(directory), [name]);
    assert.is(await ours.readFile(path, 'utf8'), 'x');
    const [bytes] = await ours.readdir(directory, 'buffer');
    assert.is(await ours.readFile(Buffer.concat([Buffer.from(`${directory}\\`), bytes as Buffer]), 'utf8'), 'x');
    await ours.rename(path, join(directory, 'whole'));
    assert.equal(await ours.readdir(directory), ['whole']);
  });
}

same('cases do not matter, and are kept', async (fs, at) => {
  await fs.writeFile(at('Mixed'), 'x');
  return [
    await fs.readFile(at('MIXED'), 'utf8'),
    await told(() => fs.open(at('mIXED'), 'wx')),
    await told(() => fs.mkdir(at('FOLDER'))),
    await told(() => fs.rename(at('Mixed'), at('mixed'))),
    await told(() => fs.rename(at('folder'), at('Folder'))),
    (await fs.readdir(at(''))).sort(),
    basename(await fs.realpath(at('MIXED'))),
    await told(() => fs.copyFile(at('mixed'), at('MIXED'))),
    await told(() => fs.cp(at('mixed'), at('MIXED'))),
    await told(() => fs.link(at('mixed'), at('MIXED'))),
  ];
});

/** `NUL` of the system, under the name that always leads to it. */
const nul = '\\\\.\\NUL';
same('a device', async (fs) => [
  await fs.readFile(nul, 'utf8'),
  await fs.writeFile(nul, 'gone'),
  await fs.appendFile(nul, 'gone'),
  await told(() => fs.truncate(nul)),
  await told(() => fs.access(nul)),
  await told(() => fs.rename(nul, `${nul}-2`)),
]);
same('a handle of a device', async (fs) => {
  const file = await fs.open(nul, 'r+');
  const results = [
    await file.write('gone'),
    await file.read(Buffer.alloc(4)),
    await told(() => file.write('gone', 100)),
    await told(() => file.read(Buffer.alloc(4), 0, 4, 5)),
    await told(() => file.sync()),
    await told(() => file.truncate(4)),
    await told(async () => {
      const status = await file.stat();
      return [status.isFile(), status.isCharacterDevice(), status.isFIFO(), status.size];
    }),
    await told(() => file.utimes(1, 2)),
  ];
  await file.close();
  return results;
});
same('a device that is missing', (fs) => fs.open('\\\\.\\no such device'));
same('a relative name is one of the current directory, also that of a device', async (fs) => [
  await told(() => fs.stat('no such file')),
  await told(() => fs.stat('NUL')),
  await told(() => fs.access('nul')),
]);
same('the error of a relative name', (fs) => fs.readFile('no such folder/../no such file'));
same('the error of a name relative to a drive', (fs, at) => fs.readFile(`${at('').slice(0, 2)}no such file`));
same('the error of the empty path of stat', (fs) => fs.stat(''));
same('the error of two paths', (fs, at) => fs.copyFile(at('missing/x/..'), 'here/../there'));
same('the error of a link', (fs, at) => fs.link(at('missing\\'), at('folder/')));
same('the error of mkdtemp', (fs, at) => fs.mkdtemp(at('missing\\below\\prefix-')));
same('the error of an opened directory', (fs, at) => fs.opendir(at('missing/')));
same('the error of cp', (fs, at) => fs.cp(at('missing/'), at('copy/')));
same('the error of rm', (fs, at) => fs.rm(at('missing/')));

sameExceptOnWine('noStreams', 'streams of a file', async (fs, at) => [
  await told(() => fs.writeFile(at('file:stream'), 'of the stream')),
  await told(() => fs.readFile(at('file:stream'), 'utf8')),
  await told(() => fs.readFile(at('file'), 'utf8')),
  await told(() => fs.readFile(at('file::$DATA'), 'utf8')),
  (await fs.readdir(at(''))).sort(),
  await told(() => fs.stat(at('file:none'))),
  await told(() => fs.unlink(at('file:stream'))),
]);

test.run();
