import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { forEachBounded, Steps } from '../../../src/runtime/steps.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { listenersOf } from '../../support/listeners.ts';

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.unreachable('it resolved'),
    (reason: unknown) => reason,
  );
}

test('without options every operation goes without', () => {
  assert.is(new Steps(undefined).next(), undefined);
});

test('every operation is given the signal and the detach options, not the whole deadline', async () => {
  const { signal } = new AbortController();
  const steps = new Steps({ signal, detach: true, detachAfterMs: 7, timeoutMs: 60_000 });
  const first = steps.next();
  assert.is(first?.signal, signal);
  assert.is(first?.detach, true);
  assert.is(first?.detachAfterMs, 7);
  await pause(5);
  const left = steps.next()?.timeoutMs as number;
  assert.ok(left < (first?.timeoutMs as number) && left > 0, `${left} ms left`);
});

test('what finishes the call is told of no abort where the caller waits for its memory', async () => {
  const limited = { signal: AbortSignal.abort(), timeoutMs: 0 };
  const given = new Steps(limited).finish('caller', async (options) => options);
  assert.is(await given, undefined);
  const never = new Steps({ ...limited, detachAfterMs: Number.POSITIVE_INFINITY }).finish(
    'runtime',
    async (options) => options,
  );
  assert.is(await never, undefined);
});

test('what finishes the call is told of its end detachAfterMs later where the caller does not wait', async () => {
  const reason = { why: 'mine' };
  const untilTold = (options: { signal?: AbortSignal | undefined } | undefined): Promise<never> =>
    new Promise((_, reject) => {
      const signal = options?.signal as AbortSignal;
      assert.is(signal.aborted, false);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  for (const [memory, detach] of [
    ['runtime', false],
    ['caller', true],
  ] as const) {
    const controller = new AbortController();
    const { signal } = controller;
    const steps = new Steps({ signal, detach, detachAfterMs: 1 });
    const aborted = rejection(steps.finish(memory, untilTold));
    assert.is(listenersOf(signal), 1);
    controller.abort(reason);
    assert.is(await deadline(aborted, 'the operation'), reason);
    assert.is(listenersOf(signal), 0);
    assert.is(await deadline(rejection(steps.finish(memory, untilTold)), 'one that begins after the abort'), reason);
    const late = new Steps({ timeoutMs: 1, detach, detachAfterMs: 1 });
    const error = (await deadline(rejection(late.finish(memory, untilTold)), 'a deadline')) as DOMException;
    assert.is(error.name, 'TimeoutError');
  }
});

test('what has finished leaves no listener and no timer', async () => {
  const { signal } = new AbortController();
  const steps = new Steps({ signal, timeoutMs: 60_000, detachAfterMs: 1 });
  assert.is(await steps.finish('runtime', async (options) => options?.detachAfterMs), 0);
  assert.is(listenersOf(signal), 0);
});

test('after an abort the next operation throws the reason itself, whatever it is', () => {
  for (const reason of [new Error('mine'), 'text', null, 0]) {
    const steps = new Steps({ signal: AbortSignal.abort(reason) });
    try {
      steps.next();
      assert.unreachable();
    } catch (thrown) {
      assert.is(thrown, reason);
    }
  }
});

test('when the deadline has passed the next operation throws a TimeoutError of the whole', async () => {
  const steps = new Steps({ timeoutMs: 1 });
  await pause(5);
  const error = (await rejection(steps.run(async () => steps.next()))) as DOMException;
  assert.is(error.name, 'TimeoutError');
  assert.match(error.message, 'within 1 ms');
});

test('a step that ran out of the rest is reported as the whole', async () => {
  const steps = new Steps({ timeoutMs: 2 });
  await pause(5);
  const step = new DOMException('within 0.3 ms', 'TimeoutError');
  const error = (await rejection(steps.run(() => Promise.reject(step)))) as DOMException;
  assert.match(error.message, 'within 2 ms');
  const mine = new DOMException('mine', 'TimeoutError');
  const aborted = new Steps({ timeoutMs: 1, signal: AbortSignal.abort(mine) });
  await pause(5);
  assert.is(await rejection(aborted.run(() => Promise.reject(mine))), mine);
});

test('Infinity and what is beyond a timer are no deadline', () => {
  assert.is(new Steps({ timeoutMs: Number.POSITIVE_INFINITY }).next()?.timeoutMs, undefined);
});

test('options of the wrong type are refused at once', () => {
  const wrong = [
    { signal: {} },
    { signal: null },
    { timeoutMs: '5' },
    { timeoutMs: -1 },
    { timeoutMs: Number.NaN },
    { detach: 1 },
    { detachAfterMs: 'x' },
  ];
  for (const options of wrong) {
    assert.throws(
      () => new Steps(options as never),
      (error: NodeJS.ErrnoException) => /^ERR_(INVALID_ARG_TYPE|OUT_OF_RANGE)$/.test(String(error.code)),
    );
  }
});

test('waiting for what takes no signal ends with the abort and leaves no listener', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const steps = new Steps({ signal });
  assert.is(await steps.attend(Promise.resolve(5)), 5);
  assert.is(listenersOf(signal), 0);
  const hung = steps.attend(new Promise(() => {}));
  controller.abort('enough');
  assert.is(await deadline(rejection(hung), 'the wait'), 'enough');
  assert.is(listenersOf(signal), 0);
});

test('waiting for what takes no signal ends with the deadline', async () => {
  const steps = new Steps({ timeoutMs: 5 });
  const error = (await deadline(rejection(steps.attend(new Promise(() => {}))), 'the wait')) as DOMException;
  assert.is(error.name, 'TimeoutError');
});

test('of many items so many are worked on at a time', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await forEachBounded([...Array(20).keys()], 3, async (item) => {
    most = Math.max(most, ++running);
    await pause(1);
    running--;
    done.push(item);
  });
  assert.is(most, 3);
  assert.is(done.length, 20);
  await forEachBounded([], 3, async () => assert.unreachable());
});

test('after a failure nothing is begun, what runs is waited for, and the first failure is thrown', async () => {
  const begun: number[] = [];
  let finished = 0;
  const work = forEachBounded([0, 1, 2, 3, 4, 5], 3, async (item) => {
    begun.push(item);
    if (item === 1) throw null;
    await pause(10);
    finished++;
    if (item === 2) throw new Error('later');
  });
  assert.is(await rejection(work), null);
  assert.equal(begun, [0, 1, 2]);
  assert.is(finished, 2);
});

test.run();
