// src/runtime/exchange.ts: more of everything than the blocks hold.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../../src/runtime/runtime.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { deadline, macrotask } from '../../support/deadline.ts';
import { arrival, Pipe } from '../../support/fifo.ts';
import { perform, timer } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const pipe = new Pipe(temporaryDirectory());

function readable(signal: AbortSignal): Promise<unknown> {
  return arrival(pipe, { signal }).catch((error: unknown) => error);
}

test('more operations in a tick than the submission block has entries', async () => {
  const results = await deadline(Promise.all(Array.from({ length: 5000 }, () => perform('noop'))), 'all');
  assert.is(results.length, 5000);
  assert.ok(stats().largestBatch <= 1024);
});

test('operations of one tick complete in the order of their calls when the kernel has them in order', async () => {
  const order: number[] = [];
  await Promise.all(Array.from({ length: 3000 }, (_, index) => perform('noop').then(() => order.push(index))));
  assert.equal(
    order,
    [...order].sort((a, b) => a - b),
  );
});

test('more cancels in a tick than the cancel block has entries, each of another signal', async () => {
  const controllers = Array.from({ length: 10_000 }, () => new AbortController());
  const results = controllers.map(({ signal }) => readable(signal));
  await macrotask();
  for (const [index, controller] of controllers.entries()) controller.abort(index);
  const reasons = await deadline(Promise.all(results), 'all');
  assert.ok(reasons.every((reason, index) => reason === index));
  assert.is(runtime.counts().inFlight, 0);
});

test('operations and aborts mixed in one tick: staged, flying and aborted in turns', async () => {
  const controller = new AbortController();
  const flying = Array.from({ length: 3000 }, () => readable(controller.signal));
  await macrotask();
  const staged = Array.from({ length: 1500 }, () => readable(controller.signal));
  const others = Array.from({ length: 1500 }, () => perform('noop'));
  controller.abort('mixed');
  const after = Array.from({ length: 1500 }, () => perform('noop'));
  assert.equal(new Set(await deadline(Promise.all([...flying, ...staged]), 'the aborted')), new Set(['mixed']));
  assert.equal(new Set(await deadline(Promise.all([...others, ...after]), 'the others')), new Set([0]));
});

test('slots are used again, and as many are kept as were needed at a time', async () => {
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 500 }, () => perform('noop')));
  }
  assert.is(runtime.counts().inFlight, 0);
  assert.is(runtime.counts().queued, 0);
});

test('everything submitted is completed', async () => {
  await timer(5);
  const { submitted, completed } = stats();
  assert.is(submitted, completed);
});

test.run();
