import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline, macrotask } from '../../support/deadline.ts';
import { arrival, Pipe } from '../../support/fifo.ts';
import { listenersOf } from '../../support/listeners.ts';
import { perform, timer } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const farMs = 60_000;

/** Counts the calls that add and take off listeners; those are what costs. */
function counted(signal: AbortSignal): { added: number; removed: number } {
  const counts = { added: 0, removed: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: unknown[]) => {
    counts.added++;
    (add as (...given: unknown[]) => void)(...given);
  };
  signal.removeEventListener = (...given: unknown[]) => {
    counts.removed++;
    (remove as (...given: unknown[]) => void)(...given);
  };
  return counts;
}

test('ten thousand operations share one listener, which goes when the last has settled', async () => {
  const { signal } = new AbortController();
  const many = Array.from({ length: 9_999 }, () => perform('noop', {}, { signal }));
  const pipe = new Pipe(temporaryDirectory());
  const last = arrival(pipe, { signal });
  assert.is(listenersOf(signal), 1);
  await deadline(Promise.all(many), 'the others');
  await macrotask();
  assert.is(listenersOf(signal), 1, 'while one is pending');
  pipe.write(Buffer.of(1));
  await deadline(last, 'the last');
  await macrotask();
  assert.is(listenersOf(signal), 0);
});

test('one abort reaches ten thousand operations, each rejected once with the reason itself', async () => {
  const controller = new AbortController();
  const reason = { why: 'the test' };
  const pipe = new Pipe(temporaryDirectory());
  const results = Array.from({ length: 10_000 }, () =>
    arrival(pipe, { signal: controller.signal }).catch((error: unknown) => error),
  );
  await macrotask();
  controller.abort(reason);
  const reasons = await deadline(Promise.all(results), 'ten thousand aborts');
  assert.ok(reasons.every((each) => each === reason));
  await macrotask();
  assert.is(listenersOf(controller.signal), 0);
  assert.is(runtime.counts().inFlight, 0);
});

test('a signal used in a serial loop gets one listener for all of it', async () => {
  const { signal } = new AbortController();
  const counts = counted(signal);
  for (let left = 200; left > 0; left--) await perform('noop', {}, { signal });
  await macrotask();
  assert.equal(counts, { added: 1, removed: 1 });
  assert.is(listenersOf(signal), 0);
});

test('a signal that was idle for a while works again', async () => {
  const controller = new AbortController();
  for (let round = 0; round < 3; round++) {
    await perform('noop', {}, { signal: controller.signal });
    await macrotask();
    assert.is(listenersOf(controller.signal), 0);
  }
  const pending = timer(farMs, { signal: controller.signal }).catch((error: unknown) => error);
  await macrotask();
  controller.abort('now');
  assert.is(await deadline(pending, 'the abort'), 'now');
});

test('an undefined reason given to abort() becomes the AbortError the signal made of it', async () => {
  const controller = new AbortController();
  const pending = timer(farMs, { signal: controller.signal }).catch((error: unknown) => error);
  await macrotask();
  controller.abort();
  const error = await deadline(pending, 'the abort');
  assert.is(error, controller.signal.reason);
  assert.is((error as DOMException).name, 'AbortError');
});

test('falsy reasons are given as they are', async () => {
  for (const reason of [null, 0, '', false]) {
    const controller = new AbortController();
    const pending = timer(farMs, { signal: controller.signal }).then(
      () => assert.unreachable(),
      (error: unknown) => error,
    );
    await macrotask();
    controller.abort(reason);
    assert.is(await deadline(pending, 'the abort'), reason);
  }
});

test('operations started and withdrawn in one tick leave no listener', async () => {
  const controller = new AbortController();
  const results = Array.from({ length: 3000 }, () =>
    timer(farMs, { signal: controller.signal }).catch((error: unknown) => error),
  );
  controller.abort('same tick');
  assert.ok((await deadline(Promise.all(results), 'the withdrawn')).every((each) => each === 'same tick'));
  await macrotask();
  assert.is(listenersOf(controller.signal), 0);
});

test("the user's own listener may start operations and abort others while an abort runs", async () => {
  const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
  const reasons: unknown[] = [];
  const watch = (name: string, { signal }: AbortController): Promise<void> =>
    timer(farMs, { signal }).then(
      () => assert.unreachable(),
      (error: unknown) => void reasons.push([name, error]),
    );
  let startedInside: Promise<void> | undefined;
  let refusedInside: Promise<unknown> | undefined;
  const before = (): void => {
    second.abort('by the first');
    startedInside = watch('inside', third);
    refusedInside = timer(farMs, { signal: first.signal }).catch((error: unknown) => error);
  };
  // One listener before the runtime's own and one behind it.
  first.signal.addEventListener('abort', before);
  const pending = [watch('first', first), watch('first', first), watch('second', second)];
  first.signal.addEventListener('abort', () => third.abort('by the last'));
  await macrotask();
  first.abort('by the test');
  await deadline(Promise.all([...pending, startedInside]), 'all of them');
  assert.is(await refusedInside, 'by the test');
  assert.equal(reasons.map((each) => (each as string[]).join(' ')).sort(), [
    'first by the test',
    'first by the test',
    'inside by the last',
    'second by the first',
  ]);
});

test('a listener that stops the propagation of the event does not keep the abort from the operation', async () => {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
  const pending = timer(farMs, { signal: controller.signal }).catch((error: unknown) => error);
  await macrotask();
  controller.abort('stopped');
  assert.is(await deadline(pending, 'an abort whose event was stopped', 2000), 'stopped');
});

test('AbortSignal.timeout() and AbortSignal.any() take operations back', async () => {
  const error = await deadline(
    timer(farMs, { signal: AbortSignal.timeout(10) }).catch((each: unknown) => each),
    'AbortSignal.timeout',
  );
  assert.is((error as DOMException).name, 'TimeoutError');
  const controller = new AbortController();
  const any = AbortSignal.any([controller.signal, new AbortController().signal]);
  const pending = timer(farMs, { signal: any }).catch((each: unknown) => each);
  await macrotask();
  controller.abort('any');
  assert.is(await deadline(pending, 'AbortSignal.any'), 'any');
});

test('operations of one signal that settle in any order leave a sound list', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let settled = 0;
  const staying: Promise<unknown>[] = [];
  for (let index = 0; index < 600; index++) {
    const ends = index % 3 !== 0;
    const promise = timer(ends ? 1 + ((index * 7) % 23) : farMs, { signal }).then(
      () => settled++,
      (error: unknown) => error,
    );
    if (!ends) staying.push(promise);
    else void promise;
    if (index % 50 === 0) await macrotask();
  }
  const end = performance.now() + 10_000;
  while (settled < 400 && performance.now() < end) await macrotask();
  assert.is(settled, 400);
  assert.is(listenersOf(signal), 1);
  controller.abort('rest');
  assert.equal(new Set(await deadline(Promise.all(staying), 'the rest')), new Set(['rest']));
});

test.run();
