// A position in what has none, a FIFO say, is refused as Node refuses it: src/fs/positions.ts. Windows refuses none, and
// leaves those alone that mean nothing.

import { once } from 'node:events';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { deadline } from '../../support/deadline.ts';
import { loopedFile } from '../../support/looped.ts';
import { onlyOnLinux, onlyOnWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type Api, assertSame } from './side-by-side.ts';

type Call = (file: FileHandle) => Promise<unknown>;

function same(name: string, path: (directory: string) => string | Promise<string>, call: Call): void {
  test(name, () =>
    assertSame(name, async (api, directory) => {
      return withFile(api, await path(directory), call);
    }),
  );
}

async function withFile(api: Api, path: string, call: Call): Promise<unknown> {
  const file = await api.open(path, constants.O_RDWR | noTerminal);
  try {
    return await call(file);
  } finally {
    await file.close();
  }
}

// A terminal that is opened is not to become that of the process.
const { O_NOCTTY: noTerminal = 0 }: { O_NOCTTY?: number } = constants;
const eight = (): Buffer => Buffer.from('abcdefgh');

for (const position of [0, 5, -1, null, undefined]) {
  const at = position as number;
  const ofFifo = (name: string, call: Call): void => same(`${name} at ${position}`, loopedFile, call);
  /** With something to read in the pipe. */
  const filled = (name: string, call: Call): void => {
    ofFifo(name, async (file) => {
      await file.write(eight());
      return [await call(file).catch((error) => error.message), await file.read(Buffer.alloc(8))];
    });
  };
  filled('read', (file) => file.read(Buffer.alloc(4), 0, 4, at));
  filled('read with options', (file) => file.read(Buffer.alloc(4), { position: at }));
  filled('read without a buffer', (file) => file.read({ length: 4, position: at } as never));
  filled('read of nothing', (file) => file.read(Buffer.alloc(4), 0, 0, at));
  filled('readv', (file) => file.readv([Buffer.alloc(3), Buffer.alloc(1)], at));
  filled('readv of nothing', (file) => file.readv([Buffer.alloc(0)], at));
  filled('write', (file) => file.write(eight(), 0, 4, at));
  filled('write of a text', (file) => file.write('text', at));
  filled('write of nothing', (file) => file.write(Buffer.alloc(0), 0, 0, at));
  filled('writev', (file) => file.writev([Buffer.from('ab'), Buffer.from('cd')], at));
  filled('writev of an empty view', (file) => file.writev([Buffer.alloc(0)], at));
  filled('writev of no views', (file) => file.writev([], at));
  ofFifo('the error of a read', (file) => file.write(eight()).then(() => file.read(Buffer.alloc(4), 0, 4, at)));
  ofFifo('the error of a write', (file) => file.write(eight(), 0, 4, at));
}

const testOnLinux = onlyOnLinux('devices and files of Linux');

function sameOnLinux(name: string, path: string, call: Call): void {
  testOnLinux(name, () => assertSame(name, (api) => withFile(api, path, call)));
}

sameOnLinux('a terminal has no positions', '/dev/ptmx', (file) => file.read(Buffer.alloc(4), 0, 4, 0));
sameOnLinux('a device without an end has', '/dev/zero', async (file) => [
  await file.read(Buffer.alloc(4), 0, 4, 2 ** 40),
  await file.write('text', 5),
]);
sameOnLinux('a file of records is read at a position', '/proc/self/comm', (file) =>
  file.read(Buffer.alloc(4), 0, 4, 0),
);
sameOnLinux('a file of records is not written at one', '/proc/self/comm', (file) => file.write('node', 0));
onlyOnWindows('NUL')('NUL has any position', () =>
  assertSame('NUL', (api) =>
    withFile(api, '\\\\.\\NUL', async (file) => [
      await file.read(Buffer.alloc(4), 0, 4, 2 ** 40),
      await file.write('text', 5),
    ]),
  ),
);

testOnLinux('streams that begin at a position fail in a FIFO', () =>
  assertSame('streams', async (api, directory) => {
    const path = await loopedFile(directory);
    const codes: unknown[] = [];
    for (const open of [
      (file: FileHandle) => file.createReadStream({ start: 0 }).resume(),
      (file: FileHandle) => file.createWriteStream({ start: 3 }).end('text'),
    ]) {
      const file = await api.open(path, 'r+');
      const stream = open(file);
      const failed = once(stream, 'error');
      codes.push((await failed)[0].code);
    }
    return codes;
  }),
);

// Node 20 and its writes take a bigint for the current position.
testOnLinux('a bigint is a position', async () => {
  const file = await fs.open(await loopedFile(temporaryDirectory()), 'r+');
  const calls: (() => Promise<unknown>)[] = [
    () => file.read(Buffer.alloc(1), 0, 1, 7n),
    () => file.write(eight(), 0, 8, 7n),
    () => file.readv([Buffer.alloc(1)], 7n),
    () => file.writev([eight()], { position: 0n }),
  ];
  for (const call of calls) {
    const error = await deadline(
      call().catch((reason: NodeJS.ErrnoException) => reason),
      String(call),
    );
    assert.is((error as NodeJS.ErrnoException).code, 'ESPIPE', String(call));
  }
  await file.close();
});

test('an abort before the call, and a close, come before the refusal', async () => {
  const file = await fs.open(await loopedFile(temporaryDirectory()), 'r+');
  const signal = AbortSignal.abort('enough');
  const tell = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);
  assert.is(await deadline(tell(file.read(Buffer.alloc(1), { position: 0, signal })), 'read'), 'enough');
  assert.is(await deadline(tell(file.writev([eight()], { position: 0, signal })), 'writev'), 'enough');
  const late = await deadline(tell(file.read(Buffer.alloc(1), { position: 0, timeoutMs: 0 })), 'read');
  assert.is((late as Error).name, 'TimeoutError');
  await file.close();
  assert.is(((await tell(file.read(Buffer.alloc(1), 0, 1, 0))) as NodeJS.ErrnoException).code, 'EBADF');
});

test.run();
