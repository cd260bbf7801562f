import { createContext, runInContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkOptions, knownOptions, longestMs } from '../../../src/runtime/options.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { listenersOf } from '../../support/listeners.ts';
import { perform, timer } from '../../support/operations.ts';

const known = knownOptions('position', 'length');

function caught(call: () => unknown): NodeJS.ErrnoException {
  try {
    call();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('nothing was thrown');
}

test('known options, and unknown ones that resemble none, pass', () => {
  for (const options of [
    {},
    { signal: 1 },
    { position: 1, length: 2, detach: true },
    { colour: 'blue' },
    { a: 1 },
    { encoding: 'utf8' },
  ]) {
    checkOptions(options, known);
  }
});

for (const [wrong, meant] of Object.entries({
  singal: 'signal',
  Signal: 'signal',
  signals: 'signal',
  signl: 'signal',
  sginal: 'signal',
  timeoutms: 'timeoutMs',
  timoutMs: 'timeoutMs',
  timeout: 'timeoutMs',
  detatch: 'detach',
  detached: 'detach',
  detachAfter: 'detachAfterMs',
  positon: 'position',
  lenght: 'length',
  lengths: 'length',
})) {
  test(`'${wrong}' is told to be a misspelling of '${meant}'`, () => {
    const error = caught(() => checkOptions({ [wrong]: 1 }, known));
    assert.is(error.code, 'ERR_INVALID_ARG_VALUE');
    assert.instance(error, TypeError);
    assert.match(error.message, `options.${wrong}`);
    assert.match(error.message, `did you mean '${meant}'?`);
  });
}

test('an inherited misspelling counts, a symbol does not', () => {
  assert.is(caught(() => checkOptions(Object.create({ singal: 1 }), known)).code, 'ERR_INVALID_ARG_VALUE');
  checkOptions({ [Symbol('singal')]: 1 }, known);
});

test('options that are no object are refused at once', () => {
  for (const value of [null, 1, 'signal', true, Symbol('x'), 1n, () => {}]) {
    assert.is(caught(() => checkOptions(value, known)).code, 'ERR_INVALID_ARG_TYPE');
    assert.is(caught(() => perform('noop', {}, value as never)).code, 'ERR_INVALID_ARG_TYPE');
  }
  assert.is(caught(() => checkOptions(undefined, known)).code, 'ERR_INVALID_ARG_TYPE');
});

test('what only looks like a signal is refused, and nothing is started', () => {
  const foreign = runInContext('new (class AbortSignal { aborted = false; addEventListener() {} })()', createContext());
  const likenesses: unknown[] = [
    null,
    true,
    'signal',
    {},
    new EventTarget(),
    new AbortController(),
    foreign,
    { aborted: false, addEventListener() {}, removeEventListener() {} },
  ];
  for (const signal of likenesses) {
    const error = caught(() => perform('noop', {}, { signal: signal as AbortSignal }));
    assert.is(error.code, 'ERR_INVALID_ARG_TYPE');
    assert.match(error.message, 'options.signal');
  }
  assert.instance(
    caught(() => perform('noop', {}, { signal: Object.create(AbortSignal.prototype) })),
    TypeError,
  );
  assert.is(runtime.counts().inFlight, 0);
});

test('durations are numbers from 0 to what a timer holds, or Infinity', async () => {
  for (const name of ['timeoutMs', 'detachAfterMs']) {
    for (const value of [-1, -0.001, Number.NaN, longestMs + 1, Number.NEGATIVE_INFINITY, 1e300]) {
      const error = caught(() => perform('noop', {}, { [name]: value }));
      assert.is(error.code, 'ERR_OUT_OF_RANGE');
      assert.match(error.message, `options.${name}`);
    }
    for (const value of ['5', null, 5n, {}, true]) {
      assert.is(caught(() => perform('noop', {}, { [name]: value as number })).code, 'ERR_INVALID_ARG_TYPE');
    }
    for (const value of [0.5, 1, longestMs, Number.POSITIVE_INFINITY, undefined]) {
      assert.is(await perform('noop', {}, { [name]: value }), 0);
    }
  }
  for (const value of [0, 1, 'true', null]) {
    assert.is(caught(() => perform('noop', {}, { detach: value as unknown as boolean })).code, 'ERR_INVALID_ARG_TYPE');
  }
});

test('timeoutMs 0 ends the operation before it begins', async () => {
  const before = runtime.counts();
  const error = await timer(0, { timeoutMs: 0 }).catch((each: unknown) => each);
  assert.is((error as DOMException).name, 'TimeoutError');
  assert.equal(runtime.counts(), before);
});

test('timeoutMs 1 ends it soon, Infinity never', async () => {
  const error = await timer(60_000, { timeoutMs: 1 }).catch((each: unknown) => each);
  assert.is((error as DOMException).name, 'TimeoutError');
  assert.is(await timer(30, { timeoutMs: Number.POSITIVE_INFINITY }), 0);
  assert.is(await timer(5, { timeoutMs: longestMs }), 0);
});

test('an aborted signal comes before a passed deadline, and starts nothing', async () => {
  const signal = AbortSignal.abort('aborted before');
  const before = runtime.counts();
  assert.is(await perform('noop', {}, { signal, timeoutMs: 0 }).catch((each: unknown) => each), 'aborted before');
  assert.equal(runtime.counts(), before);
  assert.is(listenersOf(signal), 0);
});

test('a deadline and then an abort, an abort and then a deadline: one settlement each', async () => {
  const first = new AbortController();
  const late = await timer(60_000, { timeoutMs: 5, signal: first.signal }).catch((each: unknown) => each);
  first.abort('too late');
  assert.is((late as DOMException).name, 'TimeoutError');
  const second = new AbortController();
  const early = timer(60_000, { timeoutMs: 500, signal: second.signal }).catch((each: unknown) => each);
  await new Promise(setImmediate);
  second.abort('in time');
  assert.is(await early, 'in time');
  await new Promise((resolve) => setTimeout(resolve, 520));
  assert.is(runtime.counts().inFlight, 0);
});

test.run();
