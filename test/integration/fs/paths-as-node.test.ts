import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as ours from '../../../src/fs/index.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { onWine, testExceptOnWine } from '../../support/windows-differences.ts';
import { assertSame, type Scenario } from './side-by-side.ts';

// Calls that must do, give and say the same as Node's: src/fs/path-status.ts, src/fs/path-entries.ts,
// src/fs/change-path.ts, src/fs/make-directory.ts, src/fs/path-kinds.ts.

function prepare(directory: string): (name: string) => string {
  const at = (name: string): string => join(directory, name);
  writeFileSync(at('file'), 'contents');
  writeFileSync(at('other'), 'more');
  mkdirSync(at('directory'));
  mkdirSync(at('full/below'), { recursive: true });
  symlinkSync('file', at('link'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('loop', at('loop'));
  return at;
}

type Prepared = (fs: Parameters<Scenario>[0], at: (name: string) => string) => Promise<unknown>;

const comparing = (name: string, scenario: Prepared) => (): Promise<void> =>
  assertSame(name, (fs, directory) => scenario(fs, prepare(directory)));

function same(name: string, scenario: Prepared): void {
  test(name, comparing(name, scenario));
}

/** For what is about symbolic links. */
function sameOfLinks(name: string, scenario: Prepared): void {
  testExceptOnWine('symbolicLinksVanish', name, comparing(name, scenario));
}

/** For what is about names that are no text: on Windows every name is. */
function sameOfBytes(name: string, scenario: Prepared): void {
  onlyOnLinux('names are UTF-16')(name, comparing(name, scenario));
}

const missing = ['none', 'file/below', 'directory/none', 'dangling', 'loop', 'x'.repeat(300), `${'y/'.repeat(3000)}y`];

for (const name of missing) {
  const shown = name.length > 20 ? `${name.slice(0, 6)}… of ${name.length}` : name;
  const sameOf = name === 'dangling' || name === 'loop' ? sameOfLinks : same;
  sameOf(`stat of ${shown} fails as in Node`, (fs, at) => fs.stat(at(name)));
  sameOf(`access of ${shown} fails as in Node`, (fs, at) => fs.access(at(name)));
  sameOf(`open of ${shown} fails as in Node`, (fs, at) => fs.open(at(name)));
  sameOf(`readFile of ${shown} fails as in Node`, (fs, at) => fs.readFile(at(name)));
  sameOf(`readdir of ${shown} fails as in Node`, (fs, at) => fs.readdir(at(name)));
  sameOf(`opendir of ${shown} fails as in Node`, (fs, at) => fs.opendir(at(name)));
  sameOf(`realpath of ${shown} fails as in Node`, (fs, at) => fs.realpath(at(name)));
  sameOf(`chmod of ${shown} fails as in Node`, (fs, at) => fs.chmod(at(name), 0o600));
  sameOf(`chown of ${shown} fails as in Node`, (fs, at) => fs.chown(at(name), -1, -1));
  sameOf(`utimes of ${shown} fails as in Node`, (fs, at) => fs.utimes(at(name), 1, 2));
  sameOf(`truncate of ${shown} fails as in Node`, (fs, at) => fs.truncate(at(name)));
  sameOf(`copyFile of ${shown} fails as in Node`, (fs, at) => fs.copyFile(at(name), at('copy')));
  sameOf(`statfs of ${shown} fails as in Node`, (fs, at) => fs.statfs(at(name)));
}

for (const name of ['none', 'file/below', 'directory/none', 'x'.repeat(300)]) {
  const shown = name.slice(0, 20);
  same(`lstat of ${shown} fails as in Node`, (fs, at) => fs.lstat(at(name)));
  same(`unlink of ${shown} fails as in Node`, (fs, at) => fs.unlink(at(name)));
  same(`rmdir of ${shown} fails as in Node`, (fs, at) => fs.rmdir(at(name)));
  same(`rename of ${shown} fails as in Node`, (fs, at) => fs.rename(at(name), at('renamed')));
  same(`link of ${shown} fails as in Node`, (fs, at) => fs.link(at(name), at('linked')));
  same(`readlink of ${shown} fails as in Node`, (fs, at) => fs.readlink(at(name)));
  same(`lchown of ${shown} fails as in Node`, (fs, at) => fs.lchown(at(name), -1, -1));
  same(`lutimes of ${shown} fails as in Node`, (fs, at) => fs.lutimes(at(name), 1, 2));
}

same('what exists is in the way as in Node: mkdir', (fs, at) => fs.mkdir(at('directory')));
same('what exists is in the way as in Node: mkdir on a file', (fs, at) => fs.mkdir(at('file'), { recursive: true }));
same('what exists is in the way as in Node: link', (fs, at) => fs.link(at('file'), at('other')));
same('what exists is in the way as in Node: symlink', (fs, at) => fs.symlink('x', at('other')));
same('what exists is in the way as in Node: open wx', (fs, at) => fs.open(at('file'), 'wx'));
same('what exists is in the way as in Node: copyFile', (fs, at) => fs.copyFile(at('file'), at('other'), 1));
same('rename onto a directory that is not empty', (fs, at) => fs.rename(at('directory'), at('full')));
same('rename of a directory onto a file', (fs, at) => fs.rename(at('directory'), at('file')));
same('unlink of a directory', (fs, at) => fs.unlink(at('directory')));
same('rmdir of a file', (fs, at) => fs.rmdir(at('file')));
same('rmdir of a directory that is not empty', (fs, at) => fs.rmdir(at('full')));
same('readlink of a file', (fs, at) => fs.readlink(at('file')));
same('readdir of a file', (fs, at) => fs.readdir(at('file')));
same('open of a directory for writing', (fs, at) => fs.open(at('directory'), 'w'));
// Node 26 adds the path to the error; the versions before do not.
const withoutPath = ({ code, errno, syscall }: NodeJS.ErrnoException): unknown => ({ code, errno, syscall });
same('readFile of a directory', (fs, at) => fs.readFile(at('directory')).catch(withoutPath));
same('readFile of a directory as text', (fs, at) => fs.readFile(at('directory'), 'utf8').catch(withoutPath));
same('writeFile of a directory', (fs, at) => fs.writeFile(at('directory'), 'x'));
same('copyFile of a directory', (fs, at) => fs.copyFile(at('directory'), at('copy')));
same('truncate of a directory', (fs, at) => fs.truncate(at('directory')));
same('the empty path', (fs) => fs.stat(''));
same('the empty path of open', (fs) => fs.open(''));
same('the empty path of mkdir', (fs) => fs.mkdir('', { recursive: true }));
same('mkdtemp gives a path that begins with the prefix', async (fs, at) => {
  const made = await fs.mkdtemp(at('temporary-'));
  return {
    length: made.length - at('').length,
    prefix: made.startsWith(at('temporary-')),
    is: (await fs.stat(made)).isDirectory(),
  };
});

same('changes of names do what Node does', async (fs, at) => {
  await fs.rename(at('file'), at('renamed'));
  await fs.link(at('renamed'), at('linked'));
  await fs.unlink(at('other'));
  await fs.rmdir(at('directory'));
  await fs.mkdir(at('made'), 0o700);
  await fs.mkdir(at('made/again'), { mode: '711' });
  const modes = [(await fs.stat(at('made'))).mode, (await fs.stat(at('made/again'))).mode];
  return [(await fs.readdir(at(''))).sort(), (await fs.stat(at('linked'))).nlink, modes];
});
sameOfLinks('a symbolic link is made as in Node', async (fs, at) => {
  await fs.symlink('other', at('symbolic'));
  return [await fs.readlink(at('symbolic')), await fs.readFile(at('symbolic'), 'utf8')];
});

same('mkdir makes what is missing above and gives the first', async (fs, at) => {
  // Node 22 leaves the prefix on it that Windows is given.
  const made = async (path: string): Promise<string | undefined> =>
    (await fs.mkdir(path, { recursive: true }))?.replace('\\\\?\\', '').slice(at('').length);
  return [await made(at('a/b/c')), await made(at('a/b/c')), await made(at('a/b/../d/./e/'))];
});
same('mkdir below a file', (fs, at) => fs.mkdir(at('file/a/b'), { recursive: true }));
sameOfLinks('mkdir of a dangling link', (fs, at) => fs.mkdir(at('dangling'), { recursive: true }));

same('attributes are changed as in Node', async (fs, at) => {
  await fs.chmod(at('file'), '640');
  await fs.utimes(at('file'), 1_000_000_000.25, new Date('2001-02-03T04:05:06.789Z'));
  await fs.chown(at('file'), -1, -1);
  const file = await fs.stat(at('file'));
  await fs.truncate(at('other'), 2);
  await fs.truncate(at('file'), 20);
  return [
    file.mode,
    onWine('accessTimesStay') || file.atimeMs,
    file.mtimeMs,
    file.mtime.toISOString(),
    await fs.readFile(at('other'), 'utf8'),
    await fs.readFile(at('file')),
  ];
});

sameOfLinks('the times of a link are changed as in Node', async (fs, at) => {
  await fs.lutimes(at('link'), '1234567890', 5);
  const link = await fs.lstat(at('link'));
  return [link.atimeMs, link.mtimeMs];
});

const ofSystem = onWindows ? ['C:\\', 'C:\\Windows', '\\\\.\\NUL'] : ['/dev/null', '/proc/self/status', '/'];
for (const name of ['file', 'directory', 'link', ...ofSystem]) {
  const sameOf = name === 'link' ? sameOfLinks : same;
  sameOf(`the status of ${name} has Node's fields and values`, async (fs, at) => {
    const path = ofSystem.includes(name) ? name : at(name);
    const [small, big] = [await fs.stat(path), await fs.lstat(path, { bigint: true })];
    const fields = ['mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'size', 'blocks', 'dev'] as const;
    const questions = [
      'isFile',
      'isDirectory',
      'isSymbolicLink',
      'isFIFO',
      'isSocket',
      'isCharacterDevice',
      'isBlockDevice',
    ] as const;
    // Each runs in a directory of its own, a file of /proc has an inode of its own: those differ.
    return [small, big].map((status) => [
      fields.map((field) => status[field]),
      questions.map((question) => status[question]()),
      Object.keys(status).filter((key) => !/time$/.test(key)),
      ['atime', 'mtime', 'ctime', 'birthtime'].map((key) => ((status as never)[key] as unknown) instanceof Date),
    ]);
  });
}

same('access asks what Node asks', async (fs, at) => {
  chmodSync(at('file'), 0o444);
  await fs.access(at('file'), 4);
  await fs.access(at('file'), 1);
});
same('access tells what may not be written', (fs, at) => {
  chmodSync(at('file'), 0o444);
  return fs.access(at('file'), 2);
});

sameOfLinks('realpath and readlink give what Node gives', async (fs, at) => {
  const length = at('').length;
  const bytes = await fs.realpath(at('link'), 'buffer');
  return [
    (await fs.realpath(at('full/../link'))).slice(length),
    (bytes as unknown as Buffer).subarray(length),
    await fs.readlink(at('link'), { encoding: 'buffer' }),
    await fs.readlink(at('link'), 'hex'),
  ];
});

// Node has frsize since version 24, ours on every version.
const ofNode = Object.keys(statfsSync('/'));
for (const path of onWindows ? ['C:\\', tmpdir()] : ['/', '/proc', '/dev/shm', tmpdir()]) {
  same(`statfs of ${path} gives what Node gives`, async (fs) => {
    const keys = (status: object): string[] =>
      Object.keys(status).filter((key) => key !== 'frsize' || ofNode.includes(key));
    const [small, big] = [await fs.statfs(path), await fs.statfs(path, { bigint: true })];
    // What is free changes meanwhile, here and there.
    const lasting = keys(small).filter((key) => !/free|avail/.test(key));
    return [small, big].map((status) => [keys(status), lasting.map((key) => status[key as 'type'])]);
  });

  onlyOnLinux('there is no stat(1)')(`the block size of ${path} is that of stat(1)`, async () => {
    const told = Number(execFileSync('stat', ['-f', '-c', '%S', path], { encoding: 'utf8' }));
    assert.is((await ours.statfs(path)).frsize, told);
    assert.is((await ours.statfs(path, { bigint: true })).frsize, BigInt(told));
  });
}

same('paths may be bytes and file URLs', async (fs, at) => [
  (await fs.stat(pathToFileURL(at('file')))).size,
  await fs.readFile(Buffer.from(at('other')), 'utf8'),
  (await fs.readdir(Buffer.from(at('')), 'buffer')).map(String).sort(),
]);
sameOfBytes('names may be bytes that are no text', async (fs, at) => {
  const odd = Buffer.concat([Buffer.from(at('odd-')), Buffer.from([0xff, 0xfe])]);
  await fs.writeFile(odd, 'odd');
  await fs.rename(odd, at('even'));
  await fs.link(at('even'), odd);
  return [
    await fs.readFile(Buffer.from(at('even')), 'utf8'),
    (await fs.readdir(Buffer.from(at('')), 'buffer')).map((name) => name.toString('latin1')).sort(),
    (await fs.readdir(at(''), { encoding: 'latin1' })).sort(),
  ];
});

same('an error about bytes shows them as text', (fs, at) => fs.stat(Buffer.from(at('none'))));
same('a URL that is no file', (fs) => fs.stat(new URL('http://localhost/x')));

test.run();
