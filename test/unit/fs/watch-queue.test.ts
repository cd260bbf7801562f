import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChangeQueue, OverflowPolicy } from '../../../src/fs/watch-queue.ts';

const done = { done: true, value: undefined };

function value(number: number): IteratorResult<number, undefined> {
  return { done: false, value: number };
}

test('values come out in order, whoever is first', async () => {
  const queue = new ChangeQueue<number>(10);
  queue.push(1);
  assert.equal(await queue.next(), value(1));
  const waiting = [queue.next(), queue.next()];
  queue.push(2);
  queue.push(3);
  queue.push(4);
  assert.equal(await Promise.all([...waiting, queue.next()]), [value(2), value(3), value(4)]);
});

test('there is room for so many and no more', async () => {
  const queue = new ChangeQueue<number>(2);
  assert.ok(queue.push(1));
  assert.ok(queue.push(2));
  assert.not(queue.push(3));
  assert.equal(await queue.next(), value(1));
  assert.ok(queue.push(4));
  assert.equal([await queue.next(), await queue.next()], [value(2), value(4)]);
});

test('an end comes behind what is kept, and stays', async () => {
  const queue = new ChangeQueue<number>(5);
  queue.push(1);
  queue.end();
  queue.push(2);
  queue.end({ error: new Error('too late') });
  assert.equal([await queue.next(), await queue.next(), await queue.next()], [value(1), done, done]);
});

test('a failure comes behind what is kept, once', async () => {
  const queue = new ChangeQueue<number>(5);
  queue.push(1);
  queue.end({ error: 'broken' });
  assert.equal(await queue.next(), value(1));
  assert.is(await queue.next().catch((error: unknown) => error), 'broken');
  assert.equal(await queue.next(), done);
});

test('of those who wait the first is told of the failure', async () => {
  const queue = new ChangeQueue<number>(5);
  const [first, second] = [queue.next(), queue.next()];
  queue.end({ error: undefined });
  let told = false;
  await first.catch(() => {
    told = true;
  });
  assert.ok(told);
  assert.equal(await second, done);
});

test('clearing drops values and failure', async () => {
  const queue = new ChangeQueue<number>(5);
  queue.push(1);
  queue.end({ error: 'broken' });
  queue.clear();
  assert.equal(await queue.next(), done);
});

test('a long queue gives its memory back on the way', async () => {
  const queue = new ChangeQueue<number>(5000);
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 4000; index++) assert.ok(queue.push(index));
    for (let index = 0; index < 4000; index++) assert.equal(await queue.next(), value(index));
  }
});

test('an overflow is thrown, or warned of once', async () => {
  const throwing = new OverflowPolicy('throw', '/some/path');
  assert.throws(
    () => throwing.note(),
    (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_FS_WATCH_QUEUE_OVERFLOW' && error.message.includes('/some/path'),
  );
  let warnings = 0;
  const count = (): void => void warnings++;
  process.on('warning', count);
  const ignoring = new OverflowPolicy('ignore', '/some/path');
  const warned = once(process, 'warning') as Promise<[Error & { code: string }]>;
  ignoring.note();
  ignoring.note();
  const [warning] = await warned;
  assert.is(warning.code, 'ERR_FS_WATCH_QUEUE_OVERFLOW');
  await new Promise(setImmediate);
  assert.is(warnings, 1);
  process.off('warning', count);
});

test.run();
