// Files, their attributes and who else has them open, as only Windows has it: what Node does and says, ours does and says.

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as ours from '../../../src/fs/index.ts';
import { onlyOnWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type Difference, onWine, testExceptOnWine } from '../../support/windows-differences.ts';
import { found } from './listing.ts';
import { type Api, assertSame } from './side-by-side.ts';

const testOnWindows = onlyOnWindows('attributes, share modes, junctions and pipes of Windows');

type Scenario = (fs: Api, at: (name: string) => string) => Promise<unknown>;

const comparing = (name: string, scenario: Scenario) => (): Promise<void> =>
  assertSame(name, (fs, directory) => {
    const at = (path: string): string => join(directory, path);
    writeFileSync(at('file'), 'contents');
    writeFileSync(at('other'), 'more');
    mkdirSync(at('full/below'), { recursive: true });
    writeFileSync(at('full/inside'), 'inside');
    mkdirSync(at('empty'));
    return scenario(fs, at);
  });

function same(name: string, scenario: Scenario): void {
  testOnWindows(name, comparing(name, scenario));
}

function exceptOnWine(difference: Difference, name: string, run: () => Promise<void>): void {
  if (onWine(difference)) testExceptOnWine(difference, name, run);
  else testOnWindows(name, run);
}

function sameExceptOnWine(difference: Difference, name: string, scenario: Scenario): void {
  exceptOnWine(difference, name, comparing(name, scenario));
}

async function told(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await call()) ?? 'done';
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return [code, syscall];
  }
}

async function toldOf(calls: readonly (() => Promise<unknown>)[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const call of calls) results.push(await told(call));
  return results;
}

async function withHandle<Value>(
  fs: Api,
  path: string,
  flags: string | number,
  use: (file: FileHandle) => Promise<Value>,
): Promise<Value> {
  const file = await fs.open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

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

// Flags.

same('two that append do not overwrite each other', (fs, at) =>
  withHandle(fs, at('file'), 'a', (one) =>
    withHandle(fs, at('file'), 'a', async (other) => {
      for (let round = 0; round < 10; round++) {
        await one.write('1');
        await other.write('2', 0);
        await other.writev([Buffer.from('3'), Buffer.from('4')], 3);
      }
      return fs.readFile(at('file'), 'utf8');
    }),
  ),
);
for (const flags of ['a', 'a+', 'as', 'ax', 'ax+', 'w', 'w+', 'wx', 'r+', 'rs+']) {
  for (const name of ['file', 'new']) {
    same(`what can be done with ${name} opened with ${flags}`, async (fs, at) => [
      await told(() =>
        withHandle(fs, at(name), flags, (file) =>
          toldOf([
            async () => (await file.write('abc')).bytesWritten,
            async () => (await file.write('xyz', 1)).bytesWritten,
            async () => (await file.read(Buffer.alloc(20), 0, 20, 0)).bytesRead,
            async () => (await file.read(Buffer.alloc(20))).bytesRead,
            () => file.truncate(5),
            () => file.sync(),
            () => file.datasync(),
            () => file.appendFile('end'),
            () => file.utimes(1, 2),
            () => file.chmod(0o600),
            async () => (await file.stat()).size,
          ]),
        ),
      ),
      await fs.readFile(at(name), 'utf8').catch(() => 'nothing'),
    ]);
  }
}
for (const [name, flags] of Object.entries({
  sequential: 0x20,
  random: 0x10,
  both: 0x30,
  'short-lived': 0x1000,
  temporary: 0x40,
  direct: 0x02000000,
  'synchronous data': 0x04000000,
  synchronous: 0x08000000,
  'synchronous in two ways': 0x0c000000,
  'neither read nor write': 3,
  'append without write': 8,
  'truncate without write': 0x200,
  'exclusive without create': 0x400,
})) {
  for (const access of [0, 2]) {
    same(`the flag of libuv: ${name} (${access})`, async (fs, at) => [
      await told(() =>
        withHandle(fs, at('file'), flags | access, (file) =>
          toldOf([
            async () => (await file.read(Buffer.alloc(4))).bytesRead,
            async () => (await file.write('abc', 0)).bytesWritten,
          ]),
        ),
      ),
      found(at('')),
    ]);
  }
}

// Status.

same('what a status says, in numbers and bigints', async (fs, at) => {
  const told: unknown[] = [];
  for (const name of ['file', 'full', 'empty']) {
    for (const status of [await fs.stat(at(name)), await fs.lstat(at(name))]) {
      const { size, nlink, mode, uid, gid, rdev, blksize, blocks, dev } = status;
      told.push({ size, nlink, mode, uid, gid, rdev, blksize, blocks, dev });
    }
    const big = await fs.stat(at(name), { bigint: true });
    told.push([big.size, big.nlink, big.mode, big.rdev, big.blksize, big.blocks, big.dev]);
    const again = await fs.stat(at(name), { bigint: true });
    told.push(big.ino === again.ino, big.ino > 0n, big.birthtimeNs === again.birthtimeNs, big.birthtimeNs > 0n);
    told.push(big.mtimeNs / 1_000_000n === BigInt(Math.trunc((await fs.stat(at(name))).mtimeMs)));
  }
  return told;
});
same('a file keeps its number and its birth when it is renamed and changed', async (fs, at) => {
  const before = await fs.stat(at('file'), { bigint: true });
  await fs.rename(at('file'), at('renamed'));
  await fs.appendFile(at('renamed'), 'x');
  const after = await fs.stat(at('renamed'), { bigint: true });
  const handled = await withHandle(fs, at('renamed'), 'r', (file) => file.stat({ bigint: true }));
  return [before.ino === after.ino, before.birthtimeNs === after.birthtimeNs, after.ino === handled.ino, handled.size];
});
same('hard links are counted', async (fs, at) => {
  await fs.link(at('file'), at('second'));
  await fs.link(at('file'), at('third'));
  const [one, other] = [await fs.stat(at('file')), await fs.stat(at('third'))];
  await fs.unlink(at('file'));
  return [one.nlink, other.nlink, one.ino === other.ino, (await fs.stat(at('second'))).nlink];
});
// Node counts seconds in 32 bits here.
for (const [name, seconds] of Object.entries({
  'before 1970': -1.5,
  'in 1601': -11_644_473_599,
  'after 2038': 2 ** 31,
  'after 2106': 2 ** 32,
  'the year 2400': 13_569_465_600,
})) {
  const early = seconds < 0;
  const run = async (): Promise<void> => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, '');
    await ours.utimes(path, 1, seconds);
    const { mtimeMs } = await ours.stat(path);
    assert.is(mtimeMs, seconds * 1000);
    assert.is((await ours.stat(path, { bigint: true })).mtimeNs, BigInt(seconds * 1000) * 1_000_000n);
  };
  if (early) exceptOnWine('earlyTimesStay', `a time of change ${name}`, run);
  else testOnWindows(`a time of change ${name}`, run);
}
same('times of a directory, and through a handle', async (fs, at) => {
  await fs.utimes(at('full'), 5, 7.25);
  await fs.lutimes(at('empty'), 5, 8);
  await withHandle(fs, at('file'), 'r+', (file) => file.utimes(5, 9.5));
  return [
    (await fs.stat(at('full'))).mtimeMs,
    (await fs.stat(at('empty'))).mtimeMs,
    (await fs.stat(at('file'))).mtimeMs,
  ];
});
same('what the system keeps for itself has a status', (fs) =>
  toldOf(
    [
      'C:\\pagefile.sys',
      'C:\\hiberfil.sys',
      'C:\\System Volume Information',
      'C:\\Windows\\System32\\kernel32.dll',
    ].flatMap((path) => [
      async () => (await fs.stat(path)).isFile(),
      async () => (await fs.lstat(path)).size,
      () => fs.access(path),
    ]),
  ),
);

// Links.

for (const type of ['file', 'dir', 'junction', undefined] as const) {
  for (const target of ['file', 'full', 'missing']) {
    const linked: Scenario = async (fs, at) => {
      const link = at('link');
      return toldOf([
        () => fs.symlink(type === 'junction' ? at(target) : target, link, type),
        async () => {
          const status = await fs.lstat(link);
          return [status.isSymbolicLink(), status.isDirectory(), status.isFile(), status.mode, status.size > 0];
        },
        async () => (await fs.stat(link)).isDirectory(),
        async () => (await fs.readlink(link)).replace(/^.*[\\/](?:node|ours)-\d+/, ''),
        async () => (await fs.realpath(link)).replace(/^.*[\\/](?:node|ours)-\d+/, ''),
        async () => (await fs.readdir(link)).sort(),
        () => fs.readFile(link, 'utf8'),
        async () =>
          (await fs.readdir(at(''), { withFileTypes: true }))
            .map((entry) => [entry.name, entry.isSymbolicLink(), entry.isDirectory(), entry.isFile()])
            .sort(),
        () => fs.cp(link, at('copied'), { recursive: true }),
        () => fs.rename(link, at('moved')),
        () => fs.lutimes(at('moved'), 1, 2),
        () => fs.access(at('moved')),
        () => fs.rmdir(at('moved')),
        () => fs.unlink(at('moved')),
        () => fs.rm(at('copied'), { recursive: true }),
        async () => found(at('')),
      ]);
    };
    sameExceptOnWine('symbolicLinksVanish', `a link of type ${type} to ${target}`, linked);
  }
}
same('a type of links that is none', (fs, at) => fs.symlink('x', at('link'), 'hard' as never));
sameExceptOnWine('symbolicLinksVanish', 'a tree is removed without what junctions in it lead to', async (fs, at) => {
  await fs.symlink(at('full'), at('empty/junction'), 'junction');
  await fs.rm(at('empty'), { recursive: true });
  return found(at(''));
});

// Named pipes as files.

let pipes = 0;

async function withPipe<Value>(
  serve: (socket: import('node:net').Socket) => void,
  use: (path: string) => Promise<Value>,
): Promise<Value> {
  const path = `\\\\.\\pipe\\rescind-test-as-node-${process.pid}-${pipes++}`;
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    return await use(path);
  } finally {
    server.close();
  }
}

same('a pipe is read to its end', (fs) =>
  withPipe(
    (socket) => socket.end('from the server'),
    async (path) => [
      await fs.readFile(path, 'utf8'),
      await withHandle(fs, path, 'r+', async (file) => {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(4));
        return [bytesRead, buffer, await file.readFile('utf8')];
      }),
    ],
  ),
);
same('a pipe is written to', (fs) => {
  let received = '';
  return withPipe(
    (socket) => socket.setEncoding('utf8').on('data', (text) => (received += text)),
    async (path) => {
      await fs.writeFile(path, 'whole', { flag: 'r+' });
      await withHandle(fs, path, 'r+', async (file) => {
        await file.write(' and');
        await file.writev([Buffer.from(' in'), Buffer.from(' parts')]);
      });
      while (!received.endsWith('parts')) await new Promise((resolve) => setTimeout(resolve, 1));
      return received;
    },
  );
});
same('the handle of a pipe', (fs) =>
  withPipe(
    (socket) => socket.pipe(socket),
    (path) =>
      withHandle(fs, path, 'r+', async (file) => [
        await told(async () => {
          const status = await file.stat();
          return [status.isFile(), status.isDirectory(), status.isSocket(), status.size];
        }),
        await told(() => file.truncate(4)),
        await told(() => file.datasync()),
        await told(async () => (await file.write('echo')).bytesWritten),
        await told(() => file.read(Buffer.alloc(4))),
      ]),
  ),
);
same('a pipe that is not there', (fs) => fs.open('\\\\.\\pipe\\rescind-test no such pipe'));
same('calls on a pipe that is not there', (fs) => {
  const path = '\\\\.\\pipe\\rescind-test no such pipe';
  return toldOf([
    () => fs.readFile(path),
    () => fs.writeFile(path, 'x'),
    () => fs.stat(path),
    () => fs.access(path),
    () => fs.unlink(path),
  ]);
});
same('a pipe of the other prefix', (fs) =>
  withPipe(
    (socket) => socket.end('from the server'),
    (path) => fs.readFile(path.replace('\\\\.\\', '\\\\?\\'), 'utf8'),
  ),
);

test.run();
