// More events than are kept, by the kernel and by the watch, made while nobody reads them.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type FileWatcher, watch } from '../../../src/fs/watch.ts';
import { deadline, until } from '../../support/deadline.ts';
import { openDescriptors } from '../../support/descriptors.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const test = onlyOnLinux('inotify; watch-directory.test.ts is about Windows');
const base = temporaryDirectory();
const most = onWindows ? 0 : Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'latin1'));
const bearable = 200_000;
if (most > bearable) console.log(`skipped: the kernel of this machine keeps ${most} events`);
const measured = most > bearable ? test.skip : test;

function freshDirectory(name: string): string {
  const directory = join(base, name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'one'), '');
  writeFileSync(join(directory, 'two'), '');
  return directory;
}

// Changes of two files in turn: the kernel merges equal events that follow each other.
function overflow(directory: string): void {
  for (let round = 0; round <= most / 2 + 64; round++) {
    chmodSync(join(directory, 'one'), 0o600 + (round & 1));
    chmodSync(join(directory, 'two'), 0o600 + (round & 1));
  }
}

async function nextNamed(watcher: FileWatcher, filename: string): Promise<void> {
  for await (const change of { [Symbol.asyncIterator]: () => ({ next: () => watcher.next() }) }) {
    if (change.filename === filename) return;
  }
  throw new Error('ended');
}

measured("an overflow of the kernel's queue ends the watch behind what was kept, when asked to", async () => {
  const directory = freshDirectory('throw');
  const watcher = watch(directory, { overflow: 'throw', maxQueue: 2 * bearable });
  await watcher.ready;
  overflow(directory);
  let changes = 0;
  const error = await deadline(
    (async () => {
      for await (const { eventType } of watcher) {
        assert.is(eventType, 'change');
        changes++;
      }
    })().catch((reason: unknown) => reason),
    'the overflow',
  );
  assert.is((error as NodeJS.ErrnoException).code, 'ERR_FS_WATCH_QUEUE_OVERFLOW');
  assert.ok(changes >= most, `${changes} changes`);
});

measured('after an ignored overflow directories made meanwhile are watched', async () => {
  const directory = freshDirectory('ignore');
  let warnings = 0;
  const count = (): void => void warnings++;
  process.on('warning', count);
  const watcher = watch(directory, { recursive: true, maxQueue: 2 * bearable });
  await watcher.ready;
  overflow(directory);
  mkdirSync(join(directory, 'unseen/deep'), { recursive: true });
  // Found by looking, not by an event.
  await deadline(nextNamed(watcher, 'unseen/deep'), 'the directory');
  await new Promise(setImmediate);
  mkdirSync(join(directory, 'unseen/deep/new'));
  await deadline(nextNamed(watcher, 'unseen/deep/new'), 'the change below it');
  assert.is(warnings, 1);
  process.off('warning', count);
  await watcher.return();
});

function watchesOpen(): number {
  return [...openDescriptors().values()].filter((target) => target.includes('inotify')).length;
}

test('more than maxQueue is dropped with a warning, or ends the watch', async () => {
  const directory = freshDirectory('queue');
  const warnings: (Error & { code?: string })[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const ignoring = watch(directory, { maxQueue: 3 });
  const throwing = watch(directory, { maxQueue: 3, overflow: 'throw' });
  await Promise.all([ignoring.ready, throwing.ready]);
  const watches = watchesOpen();
  for (let index = 0; index < 10; index++) mkdirSync(join(directory, String(index)));
  // Until both have heard: one warns, the other closes its watch.
  await until(() => warnings.length === 1 && watchesOpen() === watches - 1, 'the overflow of both');
  for (let index = 0; index < 3; index++) assert.is((await ignoring.next()).value?.filename, String(index));
  const later = ignoring.next();
  mkdirSync(join(directory, 'later'));
  assert.is((await deadline(later, 'a later change')).value?.filename, 'later');
  for (let index = 0; index < 3; index++) assert.is((await throwing.next()).value?.filename, String(index));
  const error = await deadline(
    throwing.next().catch((reason: unknown) => reason),
    'the overflow',
  );
  assert.is((error as NodeJS.ErrnoException).code, 'ERR_FS_WATCH_QUEUE_OVERFLOW');
  assert.equal(await throwing.next(), { done: true, value: undefined });
  await ignoring.return();
  assert.is(warnings.length, 1);
  process.off('warning', note);
});

test.run();
