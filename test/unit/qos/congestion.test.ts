import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Congestion } from '../../../src/qos/congestion.ts';
import type { Connection } from '../../../src/qos/connection.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { listenersOf } from '../../support/listeners.ts';
import { rejected } from '../../support/rejection.ts';

const reason = { why: 'the test says so' } as never;

/** A connection whose numbers the test says. */
class Script {
  looks = 0;
  troubles = 0;
  bytesPerSecond = 0;
  gone: Error | null = null;
  readonly congestion = new Congestion((): Connection => {
    this.looks++;
    if (this.gone !== null) throw this.gone;
    const { troubles, bytesPerSecond } = this;
    return { troubles, deliveredBytesPerSecond: bytesPerSecond, roundTripMicroseconds: 1, sentBytes: 0 };
  });

  wait(condition: 'congested' | 'uncongested' | 'available', options = {}, bitsPerSecond = 0): Promise<void> {
    return this.congestion.wait(condition, bitsPerSecond, options, 'notify');
  }
}

test('troubles that were there before anybody looked are none; new ones are, for a second', async () => {
  const script = new Script();
  script.troubles = 7;
  let told = false;
  const congested = script.wait('congested').then(() => {
    told = true;
  });
  await pause(80);
  assert.not(told);
  script.troubles = 8;
  await deadline(congested, 'congested');
  let calm = false;
  const uncongested = script.wait('uncongested').then(() => {
    calm = true;
  });
  await deadline(script.wait('congested'), 'congested still');
  assert.not(calm);
  await deadline(uncongested, 'uncongested');
});

test('the available rate is reached, not crossed', async () => {
  const script = new Script();
  const available = script.wait('available', {}, 8000);
  script.bytesPerSecond = 999;
  await pause(60);
  script.bytesPerSecond = 1000;
  await deadline(available, 'available');
  const { signal } = new AbortController();
  await deadline(script.wait('available', { signal }, 8000), 'at once');
  assert.is(listenersOf(signal), 0);
});

test('nobody looks when nobody waits, however the waiting ended', async () => {
  const script = new Script();
  const abort = new AbortController();
  const one = script.wait('congested', { signal: abort.signal });
  const other = script.wait('available', { timeoutMs: 40 }, 8);
  assert.is((await rejected(script.wait('congested'))).code, 'EEXIST');
  assert.is((await rejected(other)).name, 'TimeoutError');
  abort.abort(reason);
  assert.is(await rejected(one), reason);
  assert.is(listenersOf(abort.signal), 0);
  const { looks } = script;
  assert.ok(looks > 0);
  await pause(100);
  assert.is(script.looks, looks);
});

test('an abort in the tick of the call settles before anybody has looked', async () => {
  const script = new Script();
  const abort = new AbortController();
  const pending = script.wait('uncongested', { signal: abort.signal });
  abort.abort(reason);
  assert.is(await rejected(pending), reason);
  await pause(50);
  assert.is(script.looks, 0);
});

test('when there is nothing to look at any more, all that waits is told why', async () => {
  const script = new Script();
  const waiting = [script.wait('congested'), script.wait('available', {}, 8)];
  const reasons = Promise.all(waiting.map(rejected));
  await pause(30);
  script.gone = new Error('gone');
  assert.equal(await deadline(reasons, 'the end'), [script.gone, script.gone]);
});

test.run();
