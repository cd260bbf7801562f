// What an abort does to file calls that wait: FIFOs nobody writes to or reads from, named pipes on Windows.

import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fs from '../../../src/fs/index.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { deadline, pause, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { fifo, Pipe } from '../../support/fifo.ts';
import { listenersOf } from '../../support/listeners.ts';
import { loopedFile } from '../../support/looped.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { onWine } from '../../support/windows-differences.ts';

const directory = temporaryDirectory();
const testOfOpens = onlyOnLinux('an open of a pipe waits for nobody');

async function rejection(promise: Promise<unknown>, what = 'the call'): Promise<unknown> {
  return deadline(promise, what).then(
    (value) => assert.unreachable(`${what} resolved: ${value}`),
    (reason: unknown) => reason,
  );
}

/** Starts the call, aborts it a little later, and gives what it was rejected with. */
async function aborted(call: (signal: AbortSignal) => Promise<unknown>, reason: unknown): Promise<unknown> {
  const controller = new AbortController();
  const promise = call(controller.signal);
  promise.catch(() => {});
  await pause(20);
  controller.abort(reason);
  const thrown = await rejection(promise);
  assert.is(listenersOf(controller.signal), 0, 'a listener is left on the signal');
  return thrown;
}

test('an aborted signal begins nothing: the reason itself, and nothing on disk', async () => {
  const reason = { any: 'thing' };
  const signal = AbortSignal.abort(reason);
  const path = join(directory, 'never');
  const file = join(directory, 'file');
  writeFileSync(file, 'contents');
  const handle = await fs.open(file, 'r+');
  const calls: Record<string, () => Promise<unknown>> = {
    open: () => fs.open(path, 'w', 0o600, { signal }),
    openWithOptions: () => fs.open(path, { flags: 'w', signal }),
    writeFile: () => fs.writeFile(path, 'x', { signal }),
    appendFile: () => fs.appendFile(path, 'x', { signal }),
    readFile: () => fs.readFile(file, { signal }),
    mkdir: () => fs.mkdir(path, { signal }),
    mkdirRecursive: () => fs.mkdir(path, { recursive: true, signal }),
    rm: () => fs.rm(file, { signal }),
    unlink: () => fs.unlink(file, { signal }),
    rename: () => fs.rename(file, path, { signal }),
    link: () => fs.link(file, path, { signal }),
    symlink: () => fs.symlink(file, path, { signal }),
    copyFile: () => fs.copyFile(file, path, 0, { signal }),
    cp: () => fs.cp(file, path, { signal }),
    truncate: () => fs.truncate(file, 0, { signal }),
    truncateWithOptions: () => fs.truncate(file, { signal }),
    chmod: () => fs.chmod(file, 0, { signal }),
    utimes: () => fs.utimes(file, 0, 0, { signal }),
    mkdtemp: () => fs.mkdtemp(path, { signal }),
    readdir: () => fs.readdir(directory, { signal }),
    readdirRecursive: () => fs.readdir(directory, { recursive: true, signal }),
    opendir: () => fs.opendir(directory, { signal }),
    access: () => fs.access(file, { signal }),
    stat: () => fs.stat(file, { signal }),
    statfs: () => fs.statfs(file, { signal }),
    realpath: () => fs.realpath(file, { signal }),
    readlink: () => fs.readlink(file, { signal }),
    read: () => handle.read(Buffer.alloc(4), { signal }),
    readNothing: () => handle.read(Buffer.alloc(0), { signal }),
    readv: () => handle.readv([Buffer.alloc(4)], { signal }),
    write: () => handle.write('xxxx', { signal }),
    writev: () => handle.writev([Buffer.alloc(4)], 0, { signal }),
    handleReadFile: () => handle.readFile({ signal }),
    handleWriteFile: () => handle.writeFile('xxxx', { signal }),
    handleTruncate: () => handle.truncate({ signal }),
    handleStat: () => handle.stat({ signal }),
    sync: () => handle.sync({ signal }),
  };
  for (const [name, call] of Object.entries(calls)) assert.is(await rejection(call(), name), reason, name);
  assert.is((await handle.readFile('utf8')).toString(), 'contents');
  await handle.close();
  assert.not((await fs.readdir(directory)).some((name) => name.startsWith('never')));
});

testOfOpens('an open that waits for the other end of a FIFO is taken back, and leaves no descriptor', async () => {
  const path = fifo(directory);
  const before = openDescriptors();
  const reason = new Error('enough');
  for (const flags of ['r', 'w', 'a'] as const) {
    assert.is(await aborted((signal) => fs.open(path, flags, 0o666, { signal }), reason), reason, flags);
  }
  await assertSameDescriptors(before, 'open');
});

test('a whole-file call that waits for the other end of a FIFO is taken back', async () => {
  const path = await loopedFile(directory);
  const before = openDescriptors();
  for (const reason of [new Error('enough'), 'text', null, 0]) {
    assert.is(await aborted((signal) => fs.readFile(path, { signal }), reason), reason);
    assert.is(await aborted((signal) => fs.readFile(path, { encoding: 'utf8', signal }), reason), reason);
    // On Windows there is somebody who reads.
    if (onWindows) continue;
    assert.is(await aborted((signal) => fs.writeFile(path, 'x', { signal }), reason), reason);
    assert.is(await aborted((signal) => fs.appendFile(path, 'x', { signal }), reason), reason);
  }
  await assertSameDescriptors(before, 'whole-file calls');
});

test('a deadline of the whole ends every step with one TimeoutError', async () => {
  const path = await loopedFile(directory);
  const before = openDescriptors();
  const calls: (() => Promise<unknown>)[] = [
    () => fs.readFile(path, { timeoutMs: 30 }),
    () => fs.readFile(path, { encoding: 'latin1', timeoutMs: 30 }),
  ];
  // On Windows neither waits.
  if (!onWindows) {
    calls.push(
      () => fs.open(path, 'r', 0o666, { timeoutMs: 30 }),
      () => fs.writeFile(path, 'x', { timeoutMs: 30 }),
    );
  }
  for (const call of calls) {
    const error = (await rejection(call())) as DOMException;
    assert.is(error.name, 'TimeoutError');
    assert.instance(error, DOMException);
    assert.match(error.message, '30 ms');
  }
  await assertSameDescriptors(before, 'calls that timed out');
});

test('a read that waits is taken back, and no byte is lost', async () => {
  const handle = await fs.open(await loopedFile(directory), 'r+');
  const reason = new Error('enough');
  const buffer = Buffer.alloc(8);
  assert.is(await aborted((signal) => handle.read(buffer, { signal }), reason), reason);
  assert.is(await aborted((signal) => handle.read(buffer, 0, 8, null, { signal }), reason), reason);
  assert.is(await aborted((signal) => handle.read({ signal }), reason), reason);
  assert.is(await aborted((signal) => handle.readv([buffer], { signal }), reason), reason);
  assert.is(await aborted((signal) => handle.readFile({ signal }), reason), reason);
  const error = (await rejection(handle.read(buffer, { timeoutMs: 20 }))) as DOMException;
  assert.is(error.name, 'TimeoutError');
  await handle.write('first');
  assert.equal(await handle.read(Buffer.alloc(8)), { bytesRead: 5, buffer: Buffer.from('first\0\0\0') });
  await handle.close();
});

test('a write that waits for room is taken back', async () => {
  const pipe = new Pipe(directory, 'later');
  const handle = await fs.open(pipe.path, 'r+');
  let written = 0;
  const reason = new Error('enough');
  const thrown = await aborted(async (signal) => {
    for (;;) written += (await handle.write(Buffer.alloc(4096, 'x'), { signal })).bytesWritten;
  }, reason);
  assert.is(thrown, reason);
  assert.ok(written > 0);
  assert.is(pipe.drain(handle.fd).length, written, 'what was told and what is in the pipe');
  pipe.closePeer();
  await handle.close();
});

test('an abort after bytes have moved resolves with their count', async () => {
  const pipe = new Pipe(directory, 'later');
  const handle = await fs.open(pipe.path, 'r+');
  const controller = new AbortController();
  // More than a pipe holds, in more views than one call takes: the first part is written, a later one waits.
  const views = Array.from({ length: 3000 }, () => Buffer.alloc(64, 'y'));
  const { completed } = stats();
  const writing = handle.writev(views, { signal: controller.signal });
  // The first part has some 65,000 bytes, which are as many steps where the pipe's room is not told.
  if (onWine('pipesTellNoRoom')) await pause(100);
  else await until(() => stats().completed > completed, 'bytes in the pipe');
  controller.abort();
  const { bytesWritten, buffers } = await deadline(writing, 'writev');
  assert.is(buffers, views);
  assert.ok(bytesWritten > 0 && bytesWritten < 3000 * 64, `${bytesWritten} bytes`);
  assert.is(pipe.drain(handle.fd).length, bytesWritten);
  pipe.closePeer();
  await handle.close();
});

test('close() takes back what is pending and says so', async () => {
  const handle = await fs.open(await loopedFile(directory), 'r+');
  const reading = handle.read(Buffer.alloc(4));
  const closing = handle.close();
  const error = (await rejection(reading)) as NodeJS.ErrnoException;
  assert.equal([error.code, error.syscall], ['ECANCELED', 'read']);
  await deadline(closing, 'close');
  assert.is(handle.fd, -1);
  assert.is(handle.close(), closing);
});

test('many waiting calls of one signal end with one abort', async () => {
  const paths = await Promise.all(Array.from({ length: 8 }, () => loopedFile(directory)));
  const before = openDescriptors();
  const controller = new AbortController();
  const { signal } = controller;
  const opens = onWindows ? [] : paths.map((path) => fs.open(path, 'r', 0, { signal }));
  const calls: Promise<unknown>[] = [...opens, ...paths.map((path) => fs.readFile(path, { signal }))];
  const results = Promise.allSettled(calls);
  await pause(20);
  assert.is(listenersOf(signal), 1);
  controller.abort('all');
  for (const result of await deadline(results, 'the calls'))
    assert.equal(result, { status: 'rejected', reason: 'all' });
  await assertSameDescriptors(before, 'many calls');
  assert.is(listenersOf(signal), 0);
});

test('a source that hangs does not keep writeFile from being taken back', async () => {
  const path = join(directory, 'fed');
  const before = openDescriptors();
  let told = false;
  let hangs = (): void => {};
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => {
      let first = true;
      return {
        next: () => {
          if (!first) {
            hangs();
            return new Promise(() => {});
          }
          first = false;
          return Promise.resolve({ done: false, value: 'first' });
        },
        return: () => {
          told = true;
          return new Promise(() => {});
        },
      };
    },
  };
  const reason = new Error('enough');
  const controller = new AbortController();
  hangs = () => void setImmediate(() => controller.abort(reason));
  assert.is(await rejection(fs.writeFile(path, source, { signal: controller.signal })), reason);
  assert.is(listenersOf(controller.signal), 0);
  assert.ok(told, 'the source was told');
  assert.is(await fs.readFile(path, 'utf8'), 'first');
  const error = (await rejection(fs.writeFile(path, source, { timeoutMs: 20 }))) as DOMException;
  assert.is(error.name, 'TimeoutError');
  await assertSameDescriptors(before, 'writeFile');
});

test('the steps of a removal and of a copy end between two files', async () => {
  const tree = join(directory, 'tree');
  await fs.mkdir(tree);
  for (let index = 0; index < 50; index++) writeFileSync(join(tree, `file-${index}`), 'x');
  const controller = new AbortController();
  const reason = new Error('enough');
  let asked = 0;
  const copying = fs.cp(tree, join(directory, 'copy'), {
    recursive: true,
    signal: controller.signal,
    filter: () => {
      if (++asked === 10) controller.abort(reason);
      return true;
    },
  });
  assert.is(await rejection(copying), reason);
  const copied = (await fs.readdir(join(directory, 'copy'))).length;
  assert.ok(copied > 0 && copied < 50, `${copied} copied`);
  const removal = new AbortController();
  const removing = fs.rm(tree, { recursive: true, signal: removal.signal });
  removal.abort(reason);
  assert.is(await rejection(removing), reason);
  assert.is((await fs.readdir(tree)).length, 50);
});

testOfOpens('an open nobody waits for any more is closed when it succeeds after all', async () => {
  const path = fifo(directory);
  const before = openDescriptors();
  const controller = new AbortController();
  const opening = fs.open(path, 'r', 0, { signal: controller.signal });
  opening.catch(() => {});
  await pause(10);
  // The other end comes in the same moment as the abort.
  const peer = openSync(path, constants.O_RDWR);
  controller.abort('late');
  const outcome = await deadline(
    opening.then(
      (handle) => handle.close().then(() => 'opened'),
      (reason: unknown) => reason,
    ),
    'open',
  );
  assert.ok(outcome === 'opened' || outcome === 'late');
  writeSync(peer, 'x');
  closeSync(peer);
  await assertSameDescriptors(before, 'open');
});

test('node itself is not held up by files that wait', async () => {
  const paths = await Promise.all(Array.from({ length: 6 }, () => loopedFile(directory)));
  const controller = new AbortController();
  const waiting = Promise.allSettled(paths.map((path) => fs.readFile(path, { signal: controller.signal })));
  assert.is((await deadline(fs.readFile(fileURLToPath(import.meta.url), 'utf8'), 'readFile')).slice(0, 7), '// What');
  assert.is(execFileSync(process.execPath, ['-p', '1'], { encoding: 'utf8' }), '1\n');
  controller.abort();
  await deadline(waiting, 'the waiting calls');
});

test.run();
