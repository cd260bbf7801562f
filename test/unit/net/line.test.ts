import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Line } from '../../../src/net/line.ts';
import { pause } from '../../support/deadline.ts';
import { listenersOf } from '../../support/listeners.ts';

async function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => ({ value }),
    (reason) => ({ reason }),
  );
}

test('calls leave in the order they came', async () => {
  const line = new Line<number>();
  const calls = [1, 2, 3].map(() => line.join(undefined, 'read', null));
  for (let value = 1; line.size > 0; value++) line.shift()?.resolve(value);
  assert.equal(await Promise.all(calls), [1, 2, 3]);
  assert.is(line.shift(), undefined);
});

test('an abort takes out every call of its signal and no other, wherever it stands', async () => {
  const line = new Line<string>();
  const abort = new AbortController();
  const aborted: Promise<unknown>[] = [];
  const kept: Promise<unknown>[] = [];
  for (let index = 0; index < 30; index++) {
    const signal = index % 3 === 1 ? undefined : abort.signal;
    (signal === undefined ? kept : aborted).push(outcome(line.join({ signal }, 'read', null)));
  }
  assert.is(listenersOf(abort.signal), 1);
  abort.abort('why');
  assert.is(line.size, 10);
  assert.is(listenersOf(abort.signal), 0);
  while (line.size > 0) line.shift()?.resolve('served');
  assert.ok((await Promise.all(aborted)).every((one) => (one as { reason: string }).reason === 'why'));
  assert.ok((await Promise.all(kept)).every((one) => (one as { value: string }).value === 'served'));
});

test('the listener comes off when the last call of a signal has left, and on again', () => {
  const line = new Line<number>();
  const { signal } = new AbortController();
  for (let round = 0; round < 3; round++) {
    void line.join({ signal }, 'read', null);
    void line.join({ signal }, 'read', null);
    line.shift();
    assert.is(listenersOf(signal), 1);
    line.shift();
    assert.is(listenersOf(signal), 0);
  }
});

test('two lines share the listener of a signal', async () => {
  const abort = new AbortController();
  const lines = [new Line<number>(), new Line<number>()];
  const calls = lines.map((line) => outcome(line.join({ signal: abort.signal }, 'read', null)));
  assert.is(listenersOf(abort.signal), 1);
  abort.abort(1);
  assert.equal(await Promise.all(calls), [{ reason: 1 }, { reason: 1 }]);
  assert.equal(
    lines.map(({ size }) => size),
    [0, 0],
  );
});

test('a call is taken out by what it was to do', async () => {
  const line = new Line<string>();
  const begins = ['a', 'b', 'c'].map((name) => async () => name);
  const calls = begins.map((begin) => outcome(line.join({ timeoutMs: 60_000 }, 'write', begin)));
  line.reject(begins[1] as () => Promise<string>, 'why');
  line.reject(begins[1] as () => Promise<string>, 'again');
  line.reject(async () => 'unknown', 'nobody');
  assert.is(line.size, 2);
  while (line.size > 0) line.shift()?.start();
  assert.equal(await Promise.all(calls), [{ value: 'a' }, { reason: 'why' }, { value: 'c' }]);
});

test('a deadline takes a call out', async () => {
  const line = new Line<number>();
  const late = outcome(line.join({ timeoutMs: 5 }, 'read', null));
  void line.join({ timeoutMs: Number.POSITIVE_INFINITY }, 'read', null);
  await pause(30);
  assert.is(line.size, 1);
  const { reason } = (await late) as { reason: DOMException };
  assert.is(reason.name, 'TimeoutError');
  assert.match(reason.message, '5 ms');
});

test('a call that begins is given what is left of its deadline, and its error tells the whole of it', async () => {
  const line = new Line<number>();
  let given = 0;
  const late = outcome(
    line.join({ timeoutMs: 1000 }, 'read', async (options) => {
      given = options?.timeoutMs as number;
      throw new DOMException(`within ${given}`, 'TimeoutError');
    }),
  );
  await pause(5);
  line.shift()?.start();
  const { reason } = (await late) as { reason: DOMException };
  assert.ok(given > 0 && given < 1000, String(given));
  assert.match(reason.message, '1000 ms');
});

test('an error thrown at the beginning of a call rejects it', async () => {
  const line = new Line<number>();
  const call = outcome(
    line.join(undefined, 'read', () => {
      throw new Error('at once');
    }),
  );
  line.shift()?.start();
  assert.is(((await call) as { reason: Error }).reason.message, 'at once');
});

test('what has ended before it began does not join', async () => {
  const line = new Line<number>();
  assert.equal(await outcome(line.join({ signal: AbortSignal.abort('x') }, 'read', null)), { reason: 'x' });
  assert.is(
    ((await outcome(line.join({ timeoutMs: 0 }, 'read', null))) as { reason: Error }).reason.name,
    'TimeoutError',
  );
  assert.throws(() => line.join({ timeoutMs: -1 }, 'read', null), /timeoutMs/);
  assert.throws(() => line.join({ signal: {} as AbortSignal }, 'read', null), /AbortSignal/);
  assert.is(line.size, 0);
});

test('the line tells when it becomes empty, however its last call leaves', () => {
  let empty = 0;
  const line = new Line<number>(() => empty++);
  const abort = new AbortController();
  line.join({ signal: abort.signal }, 'read', null).catch(() => {});
  abort.abort();
  line.join(undefined, 'read', null).catch(() => {});
  line.rejectAll((syscall) => new Error(syscall));
  void line.join(undefined, 'read', null);
  line.shift();
  assert.is(empty, 3);
});

test.run();
