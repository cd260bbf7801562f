// Of src/fs/watch.ts and src/fs/watch-loop.ts.

import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { watch as nodeWatch } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { type FileChange, type FileWatcher, type WatchOptions, watch } from '../../../src/fs/watch.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const test = onlyOnLinux('inotify; watch-directory.test.ts is about Windows');
// Before the first count of descriptors.
runtime.open();
const base = temporaryDirectory();
let made = 0;

function freshDirectory(): string {
  const directory = join(base, `directory ${made++}`);
  mkdirSync(directory);
  return directory;
}

type Change = [eventType: string, filename: string];

/** What is reported up to a last change that this makes itself. */
async function changesOf(
  directory: string,
  act: () => unknown,
  options: WatchOptions<BufferEncoding> = {},
): Promise<Change[]> {
  const before = openDescriptors();
  const changes: Change[] = [];
  const watcher = watch(directory, options);
  await deadline(watcher.ready, 'ready');
  await act();
  writeFileSync(join(directory, 'the last'), '');
  await deadline(collect(watcher, changes), 'the last change');
  await assertSameDescriptors(before, 'the watch');
  return changes;
}

async function collect(watcher: FileWatcher, into: Change[]): Promise<void> {
  for await (const { eventType, filename } of watcher) {
    if (filename === 'the last') return;
    into.push([eventType, filename]);
  }
}

test('making, changing, moving and removing entries is reported in order', async () => {
  const directory = freshDirectory();
  writeFileSync(join(directory, 'old'), 'x');
  const at = (name: string): string => join(directory, name);
  const changes = await changesOf(directory, () => {
    mkdirSync(at('directory'));
    appendFileSync(at('old'), 'more');
    chmodSync(at('old'), 0o600);
    linkSync(at('old'), at('hard'));
    symlinkSync('old', at('soft'));
    renameSync(at('old'), at('new'));
    unlinkSync(at('hard'));
  });
  assert.equal(changes, [
    ['rename', 'directory'],
    ['change', 'old'],
    ['change', 'old'],
    ['rename', 'hard'],
    ['rename', 'soft'],
    ['rename', 'old'],
    ['rename', 'new'],
    ['rename', 'hard'],
  ]);
});

test('node:fs reports the same', async () => {
  const directory = freshDirectory();
  const at = (name: string): string => join(directory, name);
  const act = (): void => {
    writeFileSync(at('a'), 'x');
    appendFileSync(at('a'), 'y');
    renameSync(at('a'), at('b'));
    chmodSync(at('b'), 0o600);
    rmSync(at('b'));
    mkdirSync(at('d'));
    rmSync(at('d'), { recursive: true });
  };
  const theirs: Change[] = [];
  const controller = new AbortController();
  const iterator = nodeWatch(directory, { signal: controller.signal });
  const collecting = (async () => {
    for await (const { eventType, filename } of iterator) {
      if (filename === 'the last') break;
      theirs.push([eventType, String(filename)]);
    }
  })();
  act();
  writeFileSync(at('the last'), '');
  await deadline(collecting, 'node:fs');
  rmSync(at('the last'));
  assert.equal(await changesOf(directory, act), theirs);
});

test('a file can be watched; its changes have its own name', async () => {
  const path = join(freshDirectory(), 'watched file');
  writeFileSync(path, '');
  for (const form of [path, Buffer.from(path), pathToFileURL(path), relative(process.cwd(), path)]) {
    const watcher = watch(form);
    await watcher.ready;
    appendFileSync(path, 'x');
    assert.equal(await deadline(watcher.next(), 'the change'), {
      done: false,
      value: { eventType: 'change', filename: 'watched file' },
    });
    await watcher.return();
  }
});

test('the watch ends when what is watched is gone', async () => {
  const before = openDescriptors();
  const directory = freshDirectory();
  const file = join(directory, 'file');
  writeFileSync(file, '');
  for (const path of [file, directory]) {
    const watcher = watch(path);
    await watcher.ready;
    rmSync(path, { recursive: true });
    const changes: FileChange[] = [];
    await deadline(
      (async () => {
        for await (const change of watcher) changes.push(change);
      })(),
      'the end',
    );
    assert.equal(changes.at(-1), { eventType: 'rename', filename: basename(path) });
    assert.equal(await watcher.next(), { done: true, value: undefined });
    assert.equal(await watcher.return(), { done: true, value: undefined });
  }
  await assertSameDescriptors(before, 'the ended watches');
});

test('a watched file that is moved stays watched', async () => {
  const directory = freshDirectory();
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  writeFileSync(from, '');
  const watcher = watch(from);
  await watcher.ready;
  renameSync(from, to);
  appendFileSync(to, 'x');
  assert.equal((await deadline(watcher.next(), 'the move')).value, { eventType: 'rename', filename: 'from' });
  assert.equal((await deadline(watcher.next(), 'the change')).value, { eventType: 'change', filename: 'from' });
  await watcher.return();
});

test('what does not exist, or may not be watched, rejects the first next() and ready', async () => {
  const before = openDescriptors();
  const file = join(freshDirectory(), 'file');
  writeFileSync(file, '');
  for (const [path, code] of [
    [`${file}.not`, 'ENOENT'],
    ['', 'ENOENT'],
    [join(file, 'below'), 'ENOTDIR'],
    [`/${'x'.repeat(300)}`, 'ENAMETOOLONG'],
  ] as const) {
    const watcher = watch(path);
    const error = (await watcher.next().catch((reason: unknown) => reason)) as NodeJS.ErrnoException;
    assert.is(error.code, code);
    assert.is(error.syscall, 'watch');
    assert.is(error.path, path);
    assert.is(await watcher.ready.catch((reason: unknown) => reason), error);
    assert.equal(await watcher.next(), { done: true, value: undefined });
  }
  await assertSameDescriptors(before, 'failed watches');
});

test('names come in the encoding asked for', async () => {
  const directory = freshDirectory();
  const name = Buffer.from([0x66, 0xff, 0xfe]);
  const path = Buffer.concat([Buffer.from(`${directory}/`), name]);
  const forms = [
    undefined,
    'utf8',
    'latin1',
    'hex',
    'base64',
    'buffer',
    { encoding: 'buffer' },
    { encoding: 'hex' },
  ] as const;
  for (const form of forms) {
    const watcher = watch(directory, form as 'buffer');
    await watcher.ready;
    writeFileSync(path, '');
    const { value } = await deadline(watcher.next(), 'the change');
    const encoding = typeof form === 'object' ? form.encoding : (form ?? 'utf8');
    assert.equal(value?.filename, encoding === 'buffer' ? name : name.toString(encoding), encoding);
    await watcher.return();
    rmSync(path as unknown as string);
  }
});

test('several may wait for changes, and get one each', async () => {
  const directory = freshDirectory();
  const watcher = watch(directory);
  await watcher.ready;
  const waiting = [watcher.next(), watcher.next(), watcher.next()];
  for (const name of ['a', 'b', 'c']) mkdirSync(join(directory, name));
  const names = (await deadline(Promise.all(waiting), 'three changes')).map(({ value }) => value?.filename);
  assert.equal(names, ['a', 'b', 'c']);
  await watcher.return();
});

test('changes between two calls of next() are kept', async () => {
  const directory = freshDirectory();
  const watcher = watch(directory);
  await watcher.ready;
  for (let index = 0; index < 1000; index++) mkdirSync(join(directory, String(index)));
  for (let index = 0; index < 1000; index++) {
    assert.is((await deadline(watcher.next(), 'a change')).value?.filename, String(index));
  }
  await watcher.return();
});

test.run();
