// Operations that wait in JavaScript because the kernel is given one at a time.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { Pipe } from '../../support/fifo.ts';
import { listenersOf } from '../../support/listeners.ts';
import { perform, start, timer } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

runtime.configure({ maxInFlight: 1 });

const pipe = new Pipe(temporaryDirectory());

/** An operation that is pending until the pipe is written to, and occupies the only place. */
function occupy(signal?: AbortSignal): Promise<number> {
  const views = [Buffer.alloc(1)];
  return perform('fileRead', { on: pipe.descriptor, views, offset: -1 }, signal === undefined ? undefined : { signal });
}

test('operations run one after another in the order of their calls', async () => {
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      timer(index % 7 === 0 ? 3 : 0).then(() => {
        order.push(index);
        assert.ok(runtime.counts().inFlight <= 1);
      }),
    ),
  );
  assert.equal(
    order,
    Array.from({ length: 100 }, (_, index) => index),
  );
});

test('an abort while waiting rejects at once, and the operation never runs', async () => {
  const first = occupy();
  const controller = new AbortController();
  const { promise, trace } = start('noop', {}, { signal: controller.signal });
  await macrotask();
  assert.is(runtime.counts().queued, 1);
  const before = runtime.counts().withdrawn;
  controller.abort('while waiting');
  const error = await deadline(
    promise.catch((each: unknown) => each),
    'a waiting operation',
  );
  assert.is(error, 'while waiting');
  assert.is(runtime.counts().queued, 0);
  assert.is(runtime.counts().withdrawn, before + 1);
  pipe.write(Buffer.of(1));
  assert.is(await first, 1);
  assert.is(trace.completions, 0);
  await macrotask();
  assert.is(listenersOf(controller.signal), 0);
});

test('a deadline passes while waiting', async () => {
  const first = occupy();
  const waiting = perform('noop', {}, { timeoutMs: 15 });
  const error = await deadline(
    waiting.catch((each: unknown) => each as DOMException),
    'a deadline while waiting',
  );
  assert.is((error as DOMException).name, 'TimeoutError');
  assert.match((error as DOMException).message, '15 ms');
  pipe.write(Buffer.of(1));
  assert.is(await first, 1);
});

test('a deadline that began while waiting goes on in the kernel', async () => {
  const first = occupy();
  const waiting = timer(60_000, { timeoutMs: 120 });
  await pause(30);
  pipe.write(Buffer.of(1));
  await first;
  await macrotask();
  assert.is(runtime.counts().queued, 0, 'it is with the kernel now');
  const error = await deadline(
    waiting.catch((each: unknown) => each),
    'the deadline',
    5000,
  );
  assert.is((error as DOMException).name, 'TimeoutError');
  assert.match((error as DOMException).message, '120 ms', 'the message names what the caller gave');
});

test('the first to be aborted makes room for the next', async () => {
  const controller = new AbortController();
  const first = occupy(controller.signal).catch((error: unknown) => error);
  const next = perform('noop');
  await macrotask();
  controller.abort('first');
  assert.is(await deadline(first, 'the first'), 'first');
  assert.is(await deadline(next, 'the next'), 0);
});

test('what waits goes on when all that was ahead of it is taken back before the kernel saw it', async () => {
  const controller = new AbortController();
  const first = occupy(controller.signal).catch((error: unknown) => error);
  const next = perform('noop');
  controller.abort('in the same tick');
  assert.is(await deadline(first, 'the first'), 'in the same tick');
  assert.is(await deadline(next, 'the next', 5000), 0);
});

test('some of many waiting operations are aborted, the others run in order', async () => {
  const first = occupy();
  const controller = new AbortController();
  const order: number[] = [];
  const all = Array.from({ length: 3000 }, (_, index) =>
    perform('noop', {}, index % 3 === 0 ? { signal: controller.signal } : undefined).then(
      () => order.push(index),
      (error: unknown) => assert.is(error, 'every third'),
    ),
  );
  controller.abort('every third');
  pipe.write(Buffer.of(1));
  await first;
  await deadline(Promise.all(all), 'all');
  assert.equal(
    order,
    Array.from({ length: 3000 }, (_, index) => index).filter((index) => index % 3 !== 0),
  );
  assert.equal([runtime.counts().queued, runtime.counts().inFlight], [0, 0]);
});

test('a continuation that starts operations while others wait comes behind them', async () => {
  const order: string[] = [];
  const a = timer(1).then(() => {
    order.push('a');
    return perform('noop').then(() => order.push('from a'));
  });
  const b = perform('noop').then(() => order.push('b'));
  const c = perform('noop').then(() => order.push('c'));
  await Promise.all([a, b, c]);
  assert.equal(order, ['a', 'b', 'c', 'from a']);
});

test.run();
