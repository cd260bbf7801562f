import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Limits } from '../../../src/runtime/limits.ts';
import { longestMs } from '../../../src/runtime/options.ts';
import { timer } from '../../support/operations.ts';

function read(options: object | undefined, memory: 'none' | 'runtime' | 'caller' = 'none'): Omit<Limits, 'read'> {
  const limits = new Limits();
  limits.read(options, memory, 100);
  const { signal, timeoutMs, detachable, detachAfterMs } = limits;
  return { signal, timeoutMs, detachable, detachAfterMs };
}

const nothing = { signal: undefined, timeoutMs: 0, detachable: true, detachAfterMs: 100 };

test('without options there is no end but the operation its own', () => {
  assert.equal(read(undefined), nothing);
  assert.equal(read({}), nothing);
  assert.equal(read({ signal: undefined, timeoutMs: undefined, detach: undefined, detachAfterMs: undefined }), nothing);
});

test("memory of the caller's is detached only when asked for, other operations always", () => {
  assert.is(read(undefined, 'caller').detachable, false);
  assert.is(read({ detach: false }, 'caller').detachable, false);
  assert.is(read({ detach: true }, 'caller').detachable, true);
  assert.is(read({ detach: false }, 'runtime').detachable, true);
});

test('no deadline, one that has passed, and one to come', () => {
  assert.is(read({ timeoutMs: Number.POSITIVE_INFINITY }).timeoutMs, 0);
  assert.ok(read({ timeoutMs: 0 }).timeoutMs < 0);
  assert.is(read({ timeoutMs: 0.5 }).timeoutMs, 0.5);
  assert.is(read({ timeoutMs: longestMs }).timeoutMs, longestMs);
});

test('nothing of one call is left in the next, also when it was refused', () => {
  const limits = new Limits();
  const { signal } = new AbortController();
  limits.read({ signal, timeoutMs: 5, detachAfterMs: 1 }, 'none', 100);
  assert.is(limits.signal, signal);
  limits.read(undefined, 'caller', 100);
  assert.equal([limits.signal, limits.timeoutMs, limits.detachable, limits.detachAfterMs], [undefined, 0, false, 100]);
  assert.throws(() => limits.read({ signal, timeoutMs: 7, detachAfterMs: -1 }, 'none', 100));
  limits.read({}, 'none', 100);
  assert.equal([limits.signal, limits.timeoutMs, limits.detachAfterMs], [undefined, 0, 100]);
});

test('a getter among the options that starts an operation does not mix the two', async () => {
  let inner: Promise<unknown> | undefined;
  const options = {
    get signal(): undefined {
      inner = timer(60_000, { timeoutMs: 5 }).catch((error: unknown) => error);
      return undefined;
    },
  };
  assert.is(await timer(50, options), 0, 'it has no deadline of its own');
  assert.is(((await inner) as DOMException).name, 'TimeoutError');
});

test.run();
