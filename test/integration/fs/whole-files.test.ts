// readFile, writeFile and appendFile: src/fs/whole-file.ts, src/fs/read-file.ts, src/fs/write-file.ts.

import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import * as node from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { fifo } from '../../support/fifo.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
let made = 0;
const newPath = (): string => join(directory, `file-${made++}`);

async function rejection(promise: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  return promise.then(
    () => assert.unreachable('it resolved'),
    (error) => error,
  );
}

test('files of every size come back as they are', async () => {
  for (const size of [0, 1, 1023, 4096, 65535, 65536, 65537, 1 << 20, (1 << 20) + 1, 5_000_001]) {
    const path = newPath();
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += 997) bytes[at] = at % 251;
    await fs.writeFile(path, bytes);
    assert.ok(readFileSync(path).equals(bytes), `writeFile of ${size}`);
    assert.ok((await fs.readFile(path)).equals(bytes), `readFile of ${size}`);
    const file = await fs.open(path);
    assert.ok((await file.readFile()).equals(bytes), `FileHandle.readFile of ${size}`);
    await file.close();
    await fs.unlink(path);
  }
});

test('text in every encoding, as Node gives it', async () => {
  const path = newPath();
  writeFileSync(path, Buffer.from(Array.from({ length: 256 }, (_, index) => index)));
  for (const encoding of [
    'utf8',
    'latin1',
    'ascii',
    'hex',
    'base64',
    'base64url',
    'utf16le',
    'ucs-2',
    'binary',
  ] as const) {
    assert.is(await fs.readFile(path, encoding), await node.readFile(path, encoding), encoding);
    assert.is(await fs.readFile(path, { encoding }), await node.readFile(path, { encoding }), encoding);
  }
  assert.equal(await fs.readFile(path, 'buffer'), await fs.readFile(path));
});

onlyOnLinux('/proc')('files of /proc, which say that they are empty', async () => {
  assert.match(await fs.readFile('/proc/self/status', 'utf8'), /^Name:/);
  assert.equal(await fs.readFile('/proc/version'), readFileSync('/proc/version'));
  const file = await fs.open('/proc/cpuinfo');
  assert.is((await file.readFile('utf8')).length > 0, true);
  await file.close();
});

onlyOnLinux('windows-files-as-node.test.ts has the pipes of Windows')('what is not a file: FIFOs', async () => {
  const path = fifo(directory);
  const reading = fs.readFile(path, 'utf8');
  await fs.writeFile(path, 'through the pipe');
  assert.is(await deadline(reading, 'readFile'), 'through the pipe');
});

test('what is not a file: devices', async () => {
  assert.is((await fs.readFile(devNull)).length, 0);
  await fs.writeFile(devNull, 'x');
});

onlyOnLinux('windows-files-as-node.test.ts has the pipes of Windows')(
  'a FIFO is read until its last writer has gone',
  async () => {
    const path = fifo(directory);
    const reading = fs.readFile(path);
    const writer = await fs.open(path, 'w');
    const parts = [Buffer.alloc(70_000, 'a'), Buffer.alloc(10, 'b'), Buffer.alloc(300_000, 'c')];
    for (const part of parts) {
      await writer.writeFile(part);
      await pause(2);
    }
    await writer.close();
    assert.ok((await deadline(reading, 'readFile')).equals(Buffer.concat(parts)));
  },
);

test('a file that grows while it is read is read to its end', async () => {
  const path = newPath();
  writeFileSync(path, Buffer.alloc(3 << 20, 'a'));
  const file = await fs.open(path);
  const reading = file.readFile();
  appendFileSync(path, 'more');
  const bytes = await reading;
  assert.is(bytes.subarray(-4).toString(), 'more');
  assert.is(bytes.length, (3 << 20) + 4);
  await file.close();
});

test('a file that shrinks while it is read gives what there is', async () => {
  const path = newPath();
  writeFileSync(path, Buffer.alloc(3 << 20, 'a'));
  const file = await fs.open(path);
  const reading = file.readFile();
  await fs.truncate(path, 10);
  const { length } = await reading;
  assert.ok(length >= 10 && length <= 3 << 20);
  await file.close();
});

test('flags and modes of readFile', async () => {
  const path = newPath();
  assert.is((await fs.readFile(path, { flag: 'a+' })).length, 0);
  await fs.writeFile(path, 'x');
  assert.is(await fs.readFile(path, { flag: 'r+', encoding: 'utf8' }), 'x');
  assert.is((await fs.readFile(path, { flag: 'w+' })).length, 0);
  assert.is((await rejection(fs.readFile(path, { flag: 'wx+' }))).code, 'EEXIST');
  assert.is((await rejection(fs.readFile(path, { flag: 'w' }))).code, 'EBADF');
});

test('writeFile replaces, appendFile adds', async () => {
  const path = newPath();
  await fs.appendFile(path, 'one');
  await fs.appendFile(path, Buffer.from(' two'), { flush: true });
  await fs.appendFile(path, '20', 'hex');
  assert.is(readFileSync(path, 'utf8'), 'one two ');
  await fs.writeFile(path, 'three', { mode: 0o600, flush: true });
  assert.is(readFileSync(path, 'utf8'), 'three');
  await fs.writeFile(path, 'TH', { flag: 'r+' });
  assert.is(readFileSync(path, 'utf8'), 'THree');
  const fresh = newPath();
  await fs.writeFile(fresh, '', { mode: '600' });
  // Windows knows one right to write, of everybody's.
  assert.is(statSync(fresh).mode & 0o777, onWindows ? 0o666 : 0o600);
});

test('data may be any view, an iterable, a generator, a stream', async () => {
  const path = newPath();
  const write = async (data: fs.FileData): Promise<string> => {
    await fs.writeFile(path, data);
    return readFileSync(path, 'latin1');
  };
  assert.is(await write(new Uint16Array([0x4241, 0x4443])), 'ABCD');
  assert.is(await write(new DataView(new Uint8Array([120, 65, 66, 120]).buffer, 1, 2)), 'AB');
  assert.is(await write(['a', Buffer.from('b'), new Uint8Array([99])]), 'abc');
  assert.is(
    await write(
      (function* () {
        yield 'x';
        yield 'y';
      })(),
    ),
    'xy',
  );
  assert.is(
    await write(
      (async function* () {
        yield 'x';
        await pause(1);
        yield Buffer.from('z');
      })(),
    ),
    'xz',
  );
  assert.is(await write(Readable.from(['st', 'ream'])), 'stream');
  assert.is(await write(new Set(['s', 'et'])), 'set');
  assert.is(await write([]), '');
});

test('an iterable that fails or gives something else ends the call, and the file is closed', async () => {
  const path = newPath();
  const before = openDescriptors();
  const failure = new Error('mine');
  assert.is(
    await rejection(
      fs.writeFile(
        path,
        (function* () {
          yield 'a';
          throw failure;
        })() as Iterable<string>,
      ),
    ),
    failure,
  );
  assert.is(readFileSync(path, 'utf8'), 'a');
  let ended = false;
  const wrong = (function* () {
    try {
      yield 'b';
      yield 5 as never;
    } finally {
      ended = true;
    }
  })();
  assert.is((await rejection(fs.writeFile(path, wrong as Iterable<string>))).code, 'ERR_INVALID_ARG_TYPE');
  assert.ok(ended);
  await assertSameDescriptors(before, 'writeFile');
});

test('a FileHandle in place of a path: from its current position, and it stays open', async () => {
  const path = newPath();
  const file = await fs.open(path, 'w+');
  await fs.writeFile(file, 'one ');
  await fs.writeFile(file, 'two');
  await fs.appendFile(file, ' three');
  assert.is(readFileSync(path, 'utf8'), 'one two three');
  assert.is(await fs.readFile(file, 'utf8'), '');
  await file.close();
  const again = await fs.open(path);
  assert.is(await fs.readFile(again, 'utf8'), 'one two three');
  await again.close();
});

onlyOnLinux('/dev/full')("a full disk is an error with Node's fields, and the descriptor is closed", async () => {
  const before = openDescriptors();
  const error = await rejection(fs.writeFile('/dev/full', 'x'));
  assert.equal([error.code, error.errno, error.syscall, error.path], ['ENOSPC', -28, 'write', undefined]);
  const file = await fs.open('/dev/full', 'w');
  const calls = [file.write('x'), file.writev([Buffer.from('x')]), file.writeFile('x'), file.appendFile('x')];
  // Awaited together: on threads a later one may fail first.
  for (const { code } of await Promise.all(calls.map((call) => rejection(call)))) assert.is(code, 'ENOSPC');
  await file.close();
  await assertSameDescriptors(before, 'a full disk');
});

test('many at a time', async () => {
  const paths = Array.from({ length: 300 }, newPath);
  const before = openDescriptors();
  await Promise.all(paths.map((path, index) => fs.writeFile(path, `contents of ${index}`)));
  const texts = await Promise.all(paths.map((path) => fs.readFile(path, 'utf8')));
  assert.equal(
    texts,
    paths.map((_, index) => `contents of ${index}`),
  );
  await Promise.all(paths.map((path) => fs.unlink(path)));
  await assertSameDescriptors(before, 'many files');
});

test('a file written by another process in the meantime', async () => {
  const path = newPath();
  const descriptor = openSync(path, 'w');
  writeSync(descriptor, 'first');
  assert.is(await fs.readFile(path, 'utf8'), 'first');
  execFileSync(process.execPath, ['-e', 'fs.writeFileSync(process.argv[1], "second")', path]);
  assert.is(await fs.readFile(path, 'utf8'), 'second');
  closeSync(descriptor);
});

test.run();
