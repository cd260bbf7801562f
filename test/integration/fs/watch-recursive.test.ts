// Of src/fs/watch-tree.ts.

import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type FileWatcher, watch } from '../../../src/fs/watch.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { Random } from '../../support/random.ts';
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

let marks = 0;

/** Everything reported up to a mark made now; the mark is in the root. */
async function reported(watcher: FileWatcher, root: string): Promise<string[]> {
  const mark = `mark ${marks++}`;
  writeFileSync(join(root, mark), '');
  const names: string[] = [];
  for (;;) {
    const { value } = await deadline(watcher.next(), `a change after ${names.join(', ')}`);
    if (value === undefined) throw new Error('ended');
    if (value.filename === mark) return names;
    if (!value.filename.startsWith('mark ')) names.push(value.filename);
  }
}

/** How many watches the kernel keeps for this process. */
function kernelWatches(): number {
  let watches = 0;
  for (const [descriptor, target] of openDescriptors()) {
    if (!target.includes('inotify')) continue;
    watches += readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1').match(/^inotify wd:/gm)?.length ?? 0;
  }
  return watches;
}

function once(names: string[]): string[] {
  return [...new Set(names)].sort();
}

async function withWatch(
  work: (watcher: FileWatcher, root: string, at: (name: string) => string) => Promise<void>,
  prepare: (root: string) => void = () => {},
): Promise<void> {
  const before = openDescriptors();
  const root = freshDirectory();
  prepare(root);
  const watcher = watch(root, { recursive: true });
  await deadline(watcher.ready, 'ready');
  await work(watcher, root, (name) => join(root, name));
  await watcher.return();
  await assertSameDescriptors(before, 'the watch');
}

test('what is there at the start is watched and not reported', () =>
  withWatch(
    async (watcher, root, at) => {
      assert.equal(await reported(watcher, root), []);
      writeFileSync(at('a/b/c/file'), 'x');
      assert.equal(once(await reported(watcher, root)), ['a/b/c/file']);
      mkdirSync(at('d/new'));
      assert.equal(once(await reported(watcher, root)), ['d/new']);
    },
    (root) => {
      mkdirSync(join(root, 'a/b/c'), { recursive: true });
      mkdirSync(join(root, 'd'));
      writeFileSync(join(root, 'a/file'), '');
    },
  ));

test('directories are watched as they appear, with what is in them already', () =>
  withWatch(async (watcher, root, at) => {
    mkdirSync(at('a/b/c'), { recursive: true });
    writeFileSync(at('a/b/c/file'), 'x');
    assert.equal(once(await reported(watcher, root)), ['a', 'a/b', 'a/b/c', 'a/b/c/file']);
    await pause(20);
    await reported(watcher, root);
    writeFileSync(at('a/b/c/later'), 'x');
    rmSync(at('a/b/c/file'));
    assert.equal(once(await reported(watcher, root)), ['a/b/c/file', 'a/b/c/later']);
  }));

test('directories moved in are watched, moved out are not', () =>
  withWatch(async (watcher, root, at) => {
    const outside = freshDirectory();
    mkdirSync(join(outside, 'x/y'), { recursive: true });
    renameSync(join(outside, 'x'), at('x'));
    assert.equal(once(await reported(watcher, root)), ['x', 'x/y']);
    writeFileSync(at('x/y/file'), '');
    assert.equal(once(await reported(watcher, root)), ['x/y/file']);
    renameSync(at('x'), join(outside, 'z'));
    assert.equal(once(await reported(watcher, root)), ['x']);
    writeFileSync(join(outside, 'z/y/other'), '');
    rmSync(join(outside, 'z/y/file'));
    assert.equal(await reported(watcher, root), []);
    assert.is(kernelWatches(), 1);
  }));

test('a directory moved within has its new name, and those below it', () =>
  withWatch(async (watcher, root, at) => {
    mkdirSync(at('a/b'), { recursive: true });
    await reported(watcher, root);
    renameSync(at('a'), at('z'));
    await reported(watcher, root);
    writeFileSync(at('z/b/file'), '');
    assert.equal(once(await reported(watcher, root)), ['z/b/file']);
    mkdirSync(at('a/b'), { recursive: true });
    await reported(watcher, root);
    writeFileSync(at('a/b/file'), '');
    assert.equal(once(await reported(watcher, root)), ['a/b/file']);
  }));

test('a directory that is removed and made again is watched again', () =>
  withWatch(async (watcher, root, at) => {
    for (let round = 0; round < 5; round++) {
      mkdirSync(at('a/b'), { recursive: true });
      await reported(watcher, root);
      writeFileSync(at(`a/b/${round}`), '');
      assert.equal(once(await reported(watcher, root)), [`a/b/${round}`]);
      rmSync(at('a'), { recursive: true });
      await reported(watcher, root);
    }
  }));

test('symbolic links to directories are not followed', () =>
  withWatch(async (watcher, root, at) => {
    const outside = freshDirectory();
    symlinkSync(outside, at('link'));
    symlinkSync('.', at('loop'));
    assert.equal(once(await reported(watcher, root)), ['link', 'loop']);
    mkdirSync(join(outside, 'unseen'));
    writeFileSync(at('seen'), '');
    assert.equal(once(await reported(watcher, root)), ['seen']);
  }));

test('a name that is no text is followed by its bytes', async () => {
  const root = freshDirectory();
  const directory = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x41])]);
  mkdirSync(directory);
  const watcher = watch(root, { recursive: true, encoding: 'buffer' });
  await watcher.ready;
  writeFileSync(Buffer.concat([directory, Buffer.from('/file')]), '');
  const { value } = await deadline(watcher.next(), 'the change');
  assert.equal(value?.filename, Buffer.concat([Buffer.from([0xff, 0x41]), Buffer.from('/file')]));
  await watcher.return();
});

test('recursive on a file watches the file', async () => {
  const file = join(freshDirectory(), 'file');
  writeFileSync(file, '');
  const watcher = watch(file, { recursive: true });
  await watcher.ready;
  chmodSync(file, 0o600);
  assert.equal((await deadline(watcher.next(), 'the change')).value, { eventType: 'change', filename: 'file' });
  rmSync(file);
  await deadline(
    (async () => {
      for await (const { filename } of watcher) assert.is(filename, 'file');
    })(),
    'the end',
  );
});

test('the working directory may change meanwhile', async () => {
  const root = freshDirectory();
  const before = process.cwd();
  process.chdir(root);
  mkdirSync('below');
  const watcher = watch('.', { recursive: true });
  process.chdir('/');
  await watcher.ready;
  mkdirSync(join(root, 'below/new'));
  assert.is((await deadline(watcher.next(), 'the change')).value?.filename, 'below/new');
  writeFileSync(join(root, 'below/new/file'), '');
  assert.ok((await reported(watcher, root)).includes('below/new/file'));
  process.chdir(before);
  await watcher.return();
});

test('after random work every directory of the tree is watched', async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  await withWatch(async (watcher, root, at) => {
    let directories = ['.'];
    const pick = (): string => directories[random.below(directories.length)] as string;
    for (let round = 0; round < 400; round++) {
      const from = pick();
      const path = join(pick(), `d${round}`);
      const what = random.below(10);
      if (what < 6 || from === '.') {
        mkdirSync(at(path));
        directories.push(path);
      } else if (what < 8 && !`${path}/`.startsWith(`${from}/`)) {
        renameSync(at(from), at(path));
        directories = directories.map((one) =>
          `${one}/`.startsWith(`${from}/`) ? path + one.slice(from.length) : one,
        );
      } else if (what === 9) {
        rmSync(at(from), { recursive: true });
        directories = directories.filter((one) => !`${one}/`.startsWith(`${from}/`));
      }
      if (random.below(20) === 0) await pause(1);
    }
    // Twice: what the first finds may still be on its way when its mark is read.
    await reported(watcher, root);
    await pause(100);
    await reported(watcher, root);
    for (const directory of directories) {
      const probe = join(directory, 'probe');
      writeFileSync(at(probe), '');
      assert.ok((await reported(watcher, root)).includes(probe), `${directory} is not watched`);
    }
  });
});

test.run();
