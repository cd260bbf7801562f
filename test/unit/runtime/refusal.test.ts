import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal } from '../../../src/runtime/refusal.ts';
import { rejected } from '../../support/rejection.ts';

const reasonOf = (refused: Promise<never> | null): Promise<Error> => rejected(refused as Promise<never>);

test('a call that may begin is not refused', () => {
  assert.is(refusal(undefined), null);
  assert.is(refusal({}), null);
  assert.is(refusal({ signal: new AbortController().signal, timeoutMs: 1, detach: true, detachAfterMs: 0 }), null);
  assert.is(refusal({ timeoutMs: Number.POSITIVE_INFINITY }), null);
});

test('an aborted signal and a deadline of nothing refuse with their reasons', async () => {
  assert.is(await reasonOf(refusal({ signal: AbortSignal.abort('why') })), 'why' as never);
  assert.is((await reasonOf(refusal({ timeoutMs: 0 }))).name, 'TimeoutError');
});

test('wrong options throw, whatever the signal says', () => {
  const signal = AbortSignal.abort();
  for (const options of [
    { signal: {} },
    { signal: null },
    { signal, timeoutMs: -1 },
    { signal, timeoutMs: '5' },
    { signal, detach: 1 },
    { signal, detachAfterMs: Number.NaN },
  ]) {
    assert.throws(() => refusal(options as never), /The (value of )?"?/);
  }
});

test.run();
