// Of src/fs/watch-directory.ts: watching on Windows.

import { appendFileSync, mkdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { watch as nodeWatch } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import type { SystemError } from '../../../src/errors.ts';
import { type FileWatcher, type WatchOptions, watch } from '../../../src/fs/watch.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { onlyOnWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { exceptOnWine, onWine } from '../../support/windows-differences.ts';

const test = onlyOnWindows('ReadDirectoryChangesW; watch.test.ts is about inotify');
const testOfRemoval = onWine('removedDirectoriesStaySilent') ? exceptOnWine('removedDirectoriesStaySilent') : test;
const testOfHalves = onWine('namesAreWhole') ? exceptOnWine('namesAreWhole') : test;

// Before the first count of descriptors.
runtime.open();
const base = temporaryDirectory();
let made = 0;

function freshDirectory(): string {
  const directory = join(base, `directory ${made++}`);
  mkdirSync(directory);
  return directory;
}

const lastName = 'the last';

/** The system may make one of equal changes that follow each other: all of them count as one. */
async function collect(
  changes: AsyncIterable<{ eventType: string; filename: unknown }>,
  collected: string[] = [],
): Promise<string[]> {
  for await (const { eventType, filename } of changes) {
    if (filename === lastName) break;
    const change = `${eventType} ${filename}`;
    if (collected.at(-1) !== change || eventType === 'rename') collected.push(change);
  }
  return collected;
}

/** What is reported up to a last change that this makes itself. */
async function changesOf(
  path: string,
  directory: string,
  act: () => void,
  options: WatchOptions<BufferEncoding> = {},
): Promise<string[]> {
  const watcher = watch(path, options);
  await deadline(watcher.ready, 'ready');
  act();
  const changes = collect(watcher);
  await settle(directory);
  await watcher.return();
  return deadline(changes, 'the last change');
}

async function changesOfNode(path: string, directory: string, act: () => void, recursive = false): Promise<string[]> {
  const controller = new AbortController();
  const collected: string[] = [];
  const changes = collect(nodeWatch(path, { recursive, signal: controller.signal }), collected).catch(() => collected);
  await pause(20);
  act();
  await settle(directory);
  controller.abort();
  return deadline(changes, 'the last change for Node');
}

async function settle(directory: string): Promise<void> {
  writeFileSync(join(directory, lastName), '');
  await pause(100);
  rmSync(join(directory, lastName));
}

function work(directory: string): void {
  const at = (name: string): string => join(directory, name);
  writeFileSync(at('a'), 'x');
  appendFileSync(at('a'), 'y');
  renameSync(at('a'), at('b'));
  mkdirSync(at('d'));
  mkdirSync(at('d/e'));
  writeFileSync(at('d/e/f'), 'x');
  rmSync(at('d'), { recursive: true });
  rmSync(at('b'));
}

for (const recursive of [false, true]) {
  test(`node:fs reports the same (recursive: ${recursive})`, async () => {
    const before = openDescriptors();
    const [one, other] = [freshDirectory(), freshDirectory()];
    const ours = await changesOf(one, one, () => work(one), { recursive });
    const theirs = await changesOfNode(other, other, () => work(other), recursive);
    assert.ok(theirs.length > 0);
    assert.equal(ours, theirs);
    if (recursive) assert.ok(ours.includes('rename d\\e\\f'), ours.join(', '));
    else assert.not.match(ours.join(), 'e\\f');
    await assertSameDescriptors(before, 'the watches');
  });
}

test('what comes below a new directory is reported', async () => {
  const root = freshDirectory();
  const changes = await changesOf(
    root,
    root,
    () => {
      for (const name of ['a', 'a/b', 'a/b/c']) mkdirSync(join(root, name));
      writeFileSync(join(root, 'a/b/c/file'), '');
    },
    { recursive: true },
  );
  for (const name of ['a', 'a\\b', 'a\\b\\c', 'a\\b\\c\\file']) assert.ok(changes.includes(`rename ${name}`), name);
});

test('a file is watched by its name, whatever the case, and stays watched when it is made anew', async () => {
  const directory = freshDirectory();
  const file = join(directory, 'File');
  writeFileSync(file, '');
  const act = (): void => {
    appendFileSync(file, 'x');
    writeFileSync(join(directory, 'Other'), '');
    unlinkSync(file);
    writeFileSync(file, 'y');
  };
  const path = join(directory, 'fILE');
  const ours = await changesOf(path, directory, act);
  const theirs = await changesOfNode(path, directory, act);
  assert.equal(ours, theirs);
  assert.is(ours[0], 'change fILE');
  assert.ok(ours.includes('rename fILE'));
  assert.not.match(ours.join(), 'Other');
});

test('a path is a string, bytes, a URL, or relative', async () => {
  const path = join(freshDirectory(), 'file');
  writeFileSync(path, '');
  for (const form of [path, Buffer.from(path), pathToFileURL(path), relative(process.cwd(), path)]) {
    const watcher = watch(form);
    await watcher.ready;
    appendFileSync(path, 'x');
    const { value } = await deadline(watcher.next(), 'the change');
    assert.equal(value, { eventType: 'change', filename: 'file' });
    await watcher.return();
  }
});

test('names come in the encoding asked for', async () => {
  const directory = freshDirectory();
  const name = 'ä€😀';
  for (const encoding of ['utf8', 'utf-8', 'latin1', 'hex', 'base64', 'utf16le', 'buffer'] as const) {
    const watcher = watch(directory, encoding as 'buffer');
    await watcher.ready;
    mkdirSync(join(directory, name));
    const { value } = await deadline(watcher.next(), 'the change');
    const bytes = Buffer.from(name);
    assert.equal(value?.filename, encoding === 'buffer' ? bytes : bytes.toString(encoding), encoding);
    await watcher.return();
    rmdirSync(join(directory, name));
  }
});

testOfHalves('a name with half of a surrogate pair is told as it is', async () => {
  const directory = freshDirectory();
  const watcher = watch(directory);
  await watcher.ready;
  // The bytes of the name in WTF-8; node:fs makes of a text what UTF-8 has.
  mkdirSync(Buffer.concat([Buffer.from(`${directory}\\a`), Buffer.from([0xed, 0xa0, 0xbd])]));
  assert.is((await deadline(watcher.next(), 'the change')).value?.filename, 'a\ud83d');
  await watcher.return();
});

testOfRemoval('the watch ends when the directory is gone', async () => {
  const before = openDescriptors();
  const directory = freshDirectory();
  const watcher = watch(directory);
  await watcher.ready;
  const changes = collect(watcher);
  rmdirSync(directory);
  assert.is((await deadline(changes, 'the end')).at(-1), `rename ${basename(directory)}`);
  assert.equal(await watcher.next(), { done: true, value: undefined });
  await assertSameDescriptors(before, 'the ended watch');
});

test('what does not exist rejects the first next() and ready', async () => {
  const before = openDescriptors();
  const file = join(freshDirectory(), 'file');
  for (const path of [file, join(file, 'below'), '']) {
    const watcher = watch(path);
    const error = (await rejected(watcher.next())) as SystemError;
    assert.equal([error.code, error.syscall, error.path], ['ENOENT', 'watch', path]);
    assert.is(await rejected(watcher.ready), error);
    assert.equal(await watcher.next(), { done: true, value: undefined });
  }
  await assertSameDescriptors(before, 'failed watches');
});

test('ready means that every change from there on is seen', async () => {
  const directory = freshDirectory();
  for (let round = 0; round < 100; round++) {
    const watcher = watch(directory);
    await watcher.ready;
    mkdirSync(join(directory, String(round)));
    assert.is((await deadline(watcher.next(), 'the change')).value?.filename, String(round));
    await watcher.return();
  }
});

async function overflow(watcher: FileWatcher, directory: string): Promise<void> {
  await watcher.ready;
  // Nobody reads meanwhile: far more than 64 KiB of records.
  for (let index = 0; index < 500; index++) writeFileSync(join(directory, `${'x'.repeat(100)}${index}`), '');
}

test('more changes than the system keeps end the watch, when asked to', async () => {
  const directory = freshDirectory();
  const watcher = watch(directory, { overflow: 'throw' });
  await overflow(watcher, directory);
  assert.is((await rejected(collect(watcher))).code, 'ERR_FS_WATCH_QUEUE_OVERFLOW');
});

test('more changes than the system keeps are dropped with a warning, and the watch goes on', async () => {
  const directory = freshDirectory();
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  const watcher = watch(directory);
  await overflow(watcher, directory);
  assert.is(((await deadline(warned, 'the warning')) as SystemError).code, 'ERR_FS_WATCH_QUEUE_OVERFLOW');
  writeFileSync(join(directory, lastName), '');
  await deadline(collect(watcher), 'the last change');
});

test.run();
