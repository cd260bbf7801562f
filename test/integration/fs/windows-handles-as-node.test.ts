// Flags, status, times, links and named pipes as files, as only Windows has them: what Node does and says, ours does and says.

import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as ours from '../../../src/fs/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { found } from './listing.ts';
import {
  exceptOnWine,
  type Scenario,
  same,
  sameExceptOnWine,
  testOnWindows,
  told,
  toldOf,
  withHandle,
} from './windows-scenarios.ts';

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
