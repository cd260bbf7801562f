import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { delay } from '../../../src/runtime/delay.ts';
import { deadline } from '../../support/deadline.ts';
import { rejected } from '../../support/rejection.ts';

test('a delay takes its time, and ends with the call it is in', async () => {
  const begun = performance.now();
  await deadline(delay(30, undefined), 'the delay');
  // The kernel's clock and this one may differ by a tick.
  assert.ok(performance.now() - begun > 25);
  const abort = new AbortController();
  const pending = delay(60_000, { signal: abort.signal });
  abort.abort('enough');
  assert.is(await deadline(rejected(pending), 'an aborted delay'), 'enough' as never);
  assert.is((await rejected(delay(60_000, { timeoutMs: 5 }))).name, 'TimeoutError');
});

test.run();
