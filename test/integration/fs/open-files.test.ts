// Handles: what they are beyond Node's, and what happens when the system has no more of them.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { runScript } from '../../support/child.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { loopedFile } from '../../support/looped.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const path = join(directory, 'file');
writeFileSync(path, 'contents');

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const child = (name: string): string => fileURLToPath(new URL(`children/${name}.${extension}`, import.meta.url));

test('open takes its flags and mode as options too', async () => {
  const made = join(directory, 'made');
  const file = await fs.open(made, { flags: 'wx', mode: 0o600 });
  await file.write('x');
  await file.close();
  // Windows knows one right to write, of everybody's.
  assert.is(statSync(made).mode & 0o777, onWindows ? 0o666 : 0o600);
  const again = await fs.open(made, {});
  assert.is((await again.read()).bytesRead, 1);
  await again.close();
});

onlyOnLinux('Windows has no umask')('the umask of the process holds', async () => {
  const before = process.umask(0o027);
  try {
    const file = await fs.open(join(directory, 'masked'), 'w');
    assert.is((await file.stat()).mode & 0o777, 0o640);
    await file.close();
  } finally {
    process.umask(before);
  }
});

test('a handle is disposed of at the end of its scope', async () => {
  const before = openDescriptors();
  const file = await fs.open(path);
  await file[Symbol.asyncDispose]();
  assert.is(file.fd, -1);
  await file[Symbol.asyncDispose]();
  await assertSameDescriptors(before, 'asyncDispose');
});

onlyOnLinux('/proc')('files are closed on exec', async () => {
  const file = await fs.open(path);
  const flags = Number.parseInt(
    /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${file.fd}`, 'utf8'))?.[1] ?? '0',
    8,
  );
  assert.ok((flags & 0o2000000) !== 0, 'O_CLOEXEC');
  await file.close();
});

test('operations in flight together each get their own part', async () => {
  const numbers = join(directory, 'numbers');
  writeFileSync(numbers, Buffer.from(Uint32Array.from({ length: 4096 }, (_, index) => index).buffer));
  const file = await fs.open(numbers, 'r+');
  const reads = await Promise.all(
    Array.from({ length: 4096 }, (_, index) => file.read(Buffer.alloc(4), 0, 4, index * 4)),
  );
  assert.equal(
    reads.map(({ buffer }) => buffer.readUInt32LE()),
    Array.from({ length: 4096 }, (_, index) => index),
  );
  await Promise.all(Array.from({ length: 1000 }, (_, index) => file.write(Buffer.from([7]), 0, 1, index)));
  assert.equal(readFileSync(numbers).subarray(0, 1000), Buffer.alloc(1000, 7));
  await file.close();
});

test('a position as bigint', async () => {
  const file = await fs.open(path, 'r+');
  assert.is((await file.read(Buffer.alloc(4), 0, 4, 4n)).buffer.toString(), 'ents');
  await file.write('X', 7n);
  assert.is(await fs.readFile(path, 'utf8'), 'contentX');
  await file.close();
});

test('wrong arguments of methods are refused at once', async () => {
  const file = await fs.open(path, 'r+');
  const bytes = Buffer.alloc(8);
  const type = 'ERR_INVALID_ARG_TYPE';
  const value = 'ERR_INVALID_ARG_VALUE';
  const range = 'ERR_OUT_OF_RANGE';
  const loose = file as unknown as Record<string, (...given: unknown[]) => unknown>;
  const wrong: [method: string, given: unknown[], code: string][] = [
    ['read', [5], type],
    ['read', ['text'], type],
    ['read', [true], type],
    ['read', [bytes, -1], range],
    ['read', [bytes, 9], range],
    ['read', [bytes, 1.5], range],
    ['read', [bytes, '0'], type],
    ['read', [bytes, 0, 9], range],
    ['read', [bytes, 0, -1], range],
    ['read', [bytes, 0, 1.5], range],
    ['read', [bytes, 0, '1'], type],
    ['read', [bytes, 0, 1, -2], range],
    ['read', [bytes, 0, 1, '0'], type],
    ['read', [bytes, 0, 1, 2n ** 63n], range],
    ['read', [bytes, 0, 1, 0, 5], type],
    ['read', [bytes, 0, 1, 0, { singal: 1 }], value],
    ['read', [bytes, { positon: 1 }], value],
    ['read', [{ buffer: 5 }], type],
    ['read', [{ length: 20_000 }], range],
    ['readv', [bytes], type],
    ['readv', [[5]], type],
    ['readv', [[bytes], 'x'], type],
    ['readv', [[bytes], { positions: 1 }], value],
    ['write', [5], type],
    ['write', [null], type],
    ['write', [{}], type],
    ['write', [bytes, 9], range],
    ['write', [bytes, 0, 9], range],
    ['write', [bytes, 0, 1, -2], range],
    ['write', ['text', 'x'], type],
    ['write', ['text', 0, 'utf9'], value],
    ['write', ['abc', 0, 'hex'], value],
    ['write', ['text', { encodnig: 'utf8' }], value],
    ['writev', [[bytes, 'text']], type],
    ['truncate', ['1'], type],
    ['truncate', [1.5], range],
    ['allocate', [-1, 1], range],
    ['allocate', [0, 0], range],
    ['allocate', ['0', 1], type],
    ['chmod', ['x'], value],
    ['chmod', [], type],
    ['chown', [-2, 0], range],
    ['chown', [0], type],
    ['utimes', [0], type],
    ['stat', [{ bigint: 1 }], type],
    ['stat', [5], type],
    ['sync', [5], type],
    ['datasync', [{ signal: {} }], type],
    ['readFile', ['utf9'], value],
    ['readFile', [{ signal: {} }], type],
    ['writeFile', [5], type],
    ['writeFile', ['x', { flush: 1 }], type],
    ['writeFile', ['x', { timeoutMs: -1 }], range],
    ['writeFile', ['abc', 'hex'], value],
    ['appendFile', [{}], type],
  ];
  for (const [method, given, code] of wrong) {
    assert.throws(
      () => loose[method]?.(...given),
      (error: NodeJS.ErrnoException) =>
        error.code === code && error instanceof (code === range ? RangeError : TypeError),
      `${method}(${given.map(String).join(', ')})`,
    );
  }
  assert.is(await fs.readFile(path, 'utf8'), 'contentX');
  await file.close();
});

test('operations on a closed handle reject with EBADF, whatever they are', async () => {
  const file = await fs.open(path, 'r+');
  await file.close();
  const calls = [
    file.read(),
    file.read(Buffer.alloc(0)),
    file.readv([Buffer.alloc(1)]),
    file.readv([]),
    file.write('x'),
    file.write(''),
    file.writev([]),
    file.stat(),
    file.stat({ bigint: true }),
    file.sync(),
    file.datasync(),
    file.truncate(),
    file.allocate(0, 1),
    file.chmod(0o600),
    file.chown(0, 0),
    file.utimes(0, 0),
    file.readFile(),
    file.writeFile('x'),
    file.appendFile('x'),
  ];
  for (const call of calls) {
    const error = await call.then(
      () => assert.unreachable(),
      (reason: NodeJS.ErrnoException) => reason,
    );
    assert.is((error as NodeJS.ErrnoException).code, 'EBADF');
  }
  const stream = file.createReadStream();
  const code = await new Promise((resolve) =>
    stream.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)).resume(),
  );
  assert.is(code, 'EBADF');
});

onlyOnLinux('ulimit')(
  "when there are no descriptors left it is an error like Node's, and the process goes on",
  async () => {
    const { code, stdout, stderr } = await runScript(child('out-of-descriptors'), {
      arguments: [join(directory, 'few')],
      before: 'ulimit -n 64',
    });
    assert.is(code, 0, stderr);
    const { opened, refused, others, read, after } = JSON.parse(stdout);
    assert.ok(opened);
    assert.equal(refused, { code: 'EMFILE', errno: -24, syscall: 'open', path: true });
    assert.equal(others.slice(0, 3), ['EMFILE', 'EMFILE', 'EMFILE']);
    assert.equal([read, after], [4, 'contents']);
  },
);

test('an unreferenced handle lets the process end, a referenced one keeps it', async () => {
  const name = await loopedFile(directory);
  const unreferenced = await runScript(child('unreferenced'), { arguments: [name], withinMs: 20_000 });
  assert.not(unreferenced.hung);
  assert.equal([unreferenced.code, unreferenced.stdout], [0, 'waiting\n'], unreferenced.stderr);
  const referenced = await runScript(child('unreferenced'), { arguments: [name, 'ref'], withinMs: 20_000 });
  assert.equal([referenced.code, referenced.stdout], [0, 'waiting\nread\n'], referenced.stderr);
});

test('handles nobody closed are closed when they are collected, with a warning', async () => {
  const { code, stdout, stderr } = await runScript(child('collected'), {
    arguments: [join(directory, 'collected')],
    nodeOptions: ['--expose-gc'],
  });
  assert.is(code, 0, stderr);
  const { left, after, warnings, read } = JSON.parse(stdout);
  assert.equal(read, [8, 8], 'streams whose handles nobody holds');
  assert.equal([left, after], [5, 0]);
  assert.equal(warnings, Array(5).fill('RESCIND_HANDLE_COLLECTED'));
});

test.run();
