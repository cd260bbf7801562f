import { writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import { onWine } from '../../support/windows-differences.ts';
import { type Api, assertSame } from './side-by-side.ts';

// Methods that must do, give and say the same as Node's: src/fs/file-handle.ts, src/fs/read.ts, src/fs/write.ts,
// src/fs/vectors.ts, src/fs/handle-options.ts, src/fs/change-file.ts, src/fs/open-file.ts.

type OnFile = (file: FileHandle, fs: Api, path: string) => Promise<unknown>;

const contents = 'The quick brown fox jumps over the lazy dog.';

function same(name: string, flags: string | number, scenario: OnFile): void {
  test(`${name} (${flags})`, () =>
    assertSame(name, async (fs, directory) => {
      const path = join(directory, 'file');
      writeFileSync(path, contents);
      const file = await fs.open(path, flags);
      try {
        return await scenario(file, fs, path);
      } finally {
        await file.close();
      }
    }));
}

/** A scenario that writes also gives what the file holds then. */
function writes(name: string, flags: string | number, scenario: OnFile): void {
  same(name, flags, async (file, fs, path) => [await scenario(file, fs, path), await fs.readFile(path, 'utf8')]);
}

const bytes = (length = 16): Buffer => Buffer.alloc(length, '.');

same('read fills the buffer', 'r', (file) => file.read(bytes()));
same('read with all arguments', 'r', (file) => file.read(bytes(), 2, 5, 4));
same('read with nulls', 'r', (file) => file.read(bytes(), null, null, null));
same('read of an offset alone', 'r', (file) => file.read(bytes(), 10));
same('read at the end of the buffer', 'r', (file) => file.read(bytes(), 16));
same('read with options behind the buffer', 'r', (file) => file.read(bytes(), { offset: 3, length: 4, position: 10 }));
same('read with an offset in the options', 'r', (file) => file.read(bytes(), { offset: 12 } as never));
same('read with empty options', 'r', (file) => file.read(bytes(), {}));
same('read with the buffer among the options', 'r', (file) => file.read({ buffer: bytes(), length: 5, position: 1 }));
same('read without a buffer', 'r', (file) => file.read());
same('read with options without a buffer', 'r', (file) => file.read({ length: 5, offset: 2, position: 3 } as never));
same('read of null', 'r', (file) => file.read(null as never));
same('read at -1 is at the current position', 'r', async (file) => [
  await file.read(bytes(4), 0, 4, -1),
  await file.read(bytes(4), 0, 4, -1),
]);
same('read at a position leaves the current one alone', 'r', async (file) => [
  await file.read(bytes(4)),
  await file.read(bytes(4), 0, 4, 20),
  await file.read(bytes(4)),
]);
same('read behind the end', 'r', (file) => file.read(bytes(), 0, 4, 1000));
same('read far behind the end', 'r', (file) => file.read(bytes(), 0, 4, 2 ** 40));
same('read of nothing', 'r', (file) => file.read(bytes(), 0, 0));
same('read into an empty buffer', 'r', (file) => file.read(Buffer.alloc(0)));
same('read of nothing from a file that cannot be read', 'w', (file) => file.read(bytes(), 0, 0));
same('read from a file that cannot be read', 'w', (file) => file.read(bytes()));
same('read into a Uint16Array', 'r', async (file) => {
  const { bytesRead, buffer } = await file.read(new Uint16Array(4), 2, 4, 0);
  return [bytesRead, [...buffer]];
});
same('readv', 'r', (file) => file.readv([bytes(3), bytes(0), bytes(4)]));
same('readv at a position', 'r', (file) => file.readv([bytes(3), bytes(4)], 10));
same('readv behind the end', 'r', (file) => file.readv([bytes(3)], 100));
same('readv from a file that cannot be read', 'w', (file) => file.readv([bytes(3)]));

writes('write of a buffer', 'r+', (file) => file.write(Buffer.from('abc')));
writes('write with all arguments', 'r+', (file) => file.write(Buffer.from('abcdef'), 1, 3, 4));
writes('write with nulls', 'r+', (file) => file.write(Buffer.from('abcdef'), null, null, null));
writes('write with options', 'r+', (file) =>
  file.write(Buffer.from('abcdef'), { offset: 2, length: 2, position: 8 } as never),
);
writes('write of a text', 'r+', (file) => file.write('äöü'));
writes('write of a text at a position', 'r+', (file) => file.write('äöü', 5));
writes('write of a text in an encoding', 'r+', (file) => file.write('48692c20', null, 'hex'));
writes('write of a text in latin1', 'r+', (file) => file.write('caf\u00e9', 3, 'latin1'));
writes('write of nothing', 'r+', async (file) => [await file.write(''), await file.write(Buffer.alloc(0))]);
writes('write at the end', 'a', (file) => file.write('abc'));
writes('write at the end whatever the position', 'a', (file) => file.write('abc', 0));
same('a read behind a write at the end begins there', 'a+', async (file) => [
  await file.read(bytes(4)),
  await file.write('abc'),
  await file.read(bytes(4)),
  await file.writev([Buffer.from('d'), Buffer.from('ef')]),
  await file.read(bytes(4)),
]);
writes('write behind the end', 'r+', (file) => file.write('abc', 50));
same('write to a file that cannot be written', 'r', (file) => file.write('abc'));
writes('one write after the other', 'w', async (file) => [
  await file.write('abc'),
  await file.write(Buffer.from('def')),
]);
writes('writev', 'r+', (file) => file.writev([Buffer.from('abc'), Buffer.alloc(0), new Uint8Array([65, 66])]));
writes('writev at a position', 'r+', (file) => file.writev([Buffer.from('abc'), Buffer.from('def')], 7));
writes('writev of nothing', 'r+', (file) => file.writev([]));

same('readFile from the current position', 'r', async (file) => {
  await file.read(bytes(4));
  return [await file.readFile('utf8'), await file.readFile()];
});
same('readFile in an encoding', 'r', (file) => file.readFile({ encoding: 'base64' }));
same('readFile of a file that cannot be read', 'w', (file) => file.readFile());
writes('writeFile from the current position', 'r+', async (file) => {
  await file.read(bytes(4));
  await file.writeFile('abc');
  await file.writeFile(new Uint8Array([100, 101]));
  await file.writeFile('66', 'hex');
});
writes('writeFile of an iterable', 'r+', (file) => file.writeFile(['ab', 'cd', 'ef'] as never));
writes('appendFile', 'a', (file) => file.appendFile('abc'));
writes('appendFile of a handle that is not at the end', 'r+', (file) => file.appendFile('abc'));
same('writeFile to a file that cannot be written', 'r', (file) => file.writeFile('abc'));

writes('truncate', 'r+', (file) => file.truncate(7));
writes('truncate to nothing', 'r+', (file) => file.truncate());
writes('truncate below nothing', 'r+', (file) => file.truncate(-5));
writes('truncate behind the end', 'r+', (file) => file.truncate(50));
same('truncate of a file that cannot be written', 'r', (file) => file.truncate());
same('sync and datasync', 'r+', async (file) => [await file.sync(), await file.datasync()]);
same('chmod, chown and utimes', 'r+', async (file) => {
  await file.chmod(0o640);
  await file.chown(-1, -1);
  await file.utimes(5.5, '7');
  const { mode, atimeMs, mtimeMs, size } = await file.stat();
  return [mode, onWine('accessTimesStay') || atimeMs, mtimeMs, size, (await file.stat({ bigint: true })).mtimeNs];
});

same('lines', 'r', async (file) => {
  const lines = [];
  for await (const line of file.readLines()) lines.push(line);
  return lines;
});

for (const flags of ['r', 'rs', 'r+', 'rs+', 'w', 'w+', 'a', 'a+', 'as', 'sa+', 0, 2, 0o1101]) {
  same('what may be done with a file follows from its flags', flags, async (file, fs, path) => {
    const tell = async (what: Promise<unknown>): Promise<unknown> =>
      what.then(
        () => 'done',
        (error) => error.code,
      );
    return [await tell(file.write('x', 0)), await tell(file.read(bytes(3), 0, 3, 0)), (await fs.stat(path)).size];
  });
}

for (const flags of ['', 'q', 'rr', 'wa', 'R', 'r++', '+r', 'rx', 'ws', 2 ** 31, 1.5, true, {}, []]) {
  test(`flags that are none are refused: ${JSON.stringify(flags)}`, () =>
    assertSame('flags', async (fs, directory) => {
      const error = await (async () => fs.open(directory, flags as never))().catch((thrown: unknown) => thrown);
      // An object in their place is an options object of ours.
      if (typeof flags === 'object') return undefined;
      throw error;
    }));
}

same('a closed handle', 'r', async (file) => {
  await file.close();
  await file.close();
  const codes = [];
  for (const call of [
    () => file.read(bytes()),
    () => file.stat(),
    () => file.readFile(),
    () => file.sync(),
    () => file.writev([bytes()]),
  ]) {
    codes.push(
      await call().then(
        () => 'done',
        (error) => error.code,
      ),
    );
  }
  return [file.fd, codes];
});

same('close tells who listens', 'r', async (file) => {
  let told = 0;
  (file as unknown as NodeJS.EventEmitter).on('close', () => told++);
  await file.close();
  return told;
});

test.run();
