import { getEventListeners } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { watch } from '../../../src/fs/watch.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { runScript } from '../../support/child.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const base = temporaryDirectory();
let made = 0;

function freshDirectory(): string {
  const directory = join(base, `directory ${made++}`);
  mkdirSync(directory);
  return directory;
}

runtime.open();
const ended = { done: true, value: undefined };

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await deadline(promise, 'the call');
  } catch (error) {
    return error;
  }
  throw new Error('was not rejected');
}

for (const recursive of [false, true]) {
  test(`an aborted signal opens nothing (recursive: ${recursive})`, async () => {
    const before = openDescriptors();
    const reason = new Error('no');
    const watcher = watch('/', { recursive, signal: AbortSignal.abort(reason) });
    assert.equal(openDescriptors(), before);
    assert.is(await reasonOf(watcher.next()), reason);
    assert.is(await reasonOf(watcher.ready), reason);
    assert.equal(await watcher.next(), ended);
  });

  test(`aborted at any moment, the watch throws the reason itself and is closed (recursive: ${recursive})`, async () => {
    const directory = freshDirectory();
    for (let index = 0; index < 20; index++) mkdirSync(join(directory, String(index)));
    const moments: (() => Promise<unknown>)[] = [
      async () => {},
      () => Promise.resolve().then(() => {}),
      macrotask,
      () => pause(1),
      () => pause(20),
    ];
    for (const moment of moments) {
      const before = openDescriptors();
      const controller = new AbortController();
      const reason = new Error('given up');
      const watcher = watch(directory, { recursive, signal: controller.signal });
      const waiting = [reasonOf(watcher.next()), watcher.next()];
      await moment();
      controller.abort(reason);
      assert.is(await waiting[0], reason);
      assert.equal(openDescriptors(), before);
      assert.equal(await waiting[1], ended);
      assert.equal(await watcher.next(), ended);
      await macrotask();
      assert.is(getEventListeners(controller.signal, 'abort').length, 0);
    }
  });
}

test('an abort drops what was not asked for yet', async () => {
  const directory = freshDirectory();
  const controller = new AbortController();
  const watcher = watch(directory, { signal: controller.signal });
  await watcher.ready;
  mkdirSync(join(directory, 'a'));
  mkdirSync(join(directory, 'b'));
  assert.is((await deadline(watcher.next(), 'a change')).value?.filename, 'a');
  controller.abort('enough');
  assert.is(await reasonOf(watcher.next()), 'enough');
  assert.equal(await watcher.next(), ended);
});

test('leaving the loop closes the watch', async () => {
  const before = openDescriptors();
  const directory = freshDirectory();
  const watcher = watch(directory);
  await watcher.ready;
  mkdirSync(join(directory, 'a'));
  for await (const { filename } of watcher) {
    assert.is(filename, 'a');
    break;
  }
  assert.equal(openDescriptors(), before);
  assert.equal(await watcher.next(), ended);
});

test('return() ends those who wait, also while the watch begins', async () => {
  const before = openDescriptors();
  const directory = freshDirectory();
  for (const recursive of [false, true]) {
    for (const wait of [async () => {}, macrotask, () => pause(10)]) {
      const watcher = watch(directory, { recursive });
      const waiting = watcher.next();
      await wait();
      assert.equal(await deadline(watcher.return(), 'return()'), ended);
      assert.equal(openDescriptors(), before);
      assert.equal(await deadline(waiting, 'next()'), ended);
      assert.equal(await watcher.return(), ended);
    }
  }
  await assertSameDescriptors(before, 'returned watches');
});

test('disposing of the watch closes it', async () => {
  const before = openDescriptors();
  const watcher = watch(freshDirectory());
  await watcher[Symbol.asyncDispose]();
  await assertSameDescriptors(before, 'disposing');
});

test('a deadline ends the watch with TimeoutError', async () => {
  const before = openDescriptors();
  const directory = freshDirectory();
  for (const timeoutMs of [0, 30]) {
    const watcher = watch(directory, { timeoutMs });
    if (timeoutMs > 0) {
      await watcher.ready;
      mkdirSync(join(directory, 'a'));
      assert.is((await watcher.next()).value?.filename, 'a');
    }
    const error = (await reasonOf(watcher.next())) as DOMException;
    assert.instance(error, DOMException);
    assert.is(error.name, 'TimeoutError');
    assert.match(error.message, ` ${timeoutMs} ms`);
    assert.equal(await watcher.next(), ended);
  }
  await assertSameDescriptors(before, 'timed-out watches');
});

test('one signal ends many watches with one listener', async () => {
  const before = openDescriptors();
  const directory = freshDirectory();
  const controller = new AbortController();
  // Few of the 128 the system grants to all processes of a user together.
  const watchers = Array.from({ length: 16 }, () => watch(directory, { signal: controller.signal }));
  try {
    await Promise.all(watchers.map(({ ready }) => ready));
    assert.is(getEventListeners(controller.signal, 'abort').length, 1);
  } finally {
    controller.abort('all');
  }
  for (const watcher of watchers) assert.is(await reasonOf(watcher.next()), 'all');
  await assertSameDescriptors(before, '16 watches');
});

test('a watch keeps the process alive unless it is not persistent', async () => {
  const child = join(freshDirectory(), 'child.mjs');
  const module = new URL(`../../../src/fs/watch${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
  writeFileSync(
    child,
    `import { watch } from ${JSON.stringify(module.href)};
     const persistent = process.argv[2] === 'persistent';
     const watcher = watch(${JSON.stringify(freshDirectory())}, { persistent, recursive: true });
     await watcher.ready;
     console.log('ready');
     watcher.next().catch(() => {});
     // Not persistent: nothing keeps the process. Persistent: only this ends it.
     if (persistent) setTimeout(() => { console.log('alive'); process.exit(0); }, 300).unref();`,
  );
  const persistent = await runScript(child, { arguments: ['persistent'], withinMs: 20_000 });
  assert.is(persistent.stdout, 'ready\nalive\n', persistent.stderr);
  const passing = await runScript(child, { arguments: ['passing'], withinMs: 20_000 });
  assert.not(passing.hung);
  assert.ok(passing.stdout === 'ready\n' || passing.stdout === '', passing.stderr);
});

test.run();
