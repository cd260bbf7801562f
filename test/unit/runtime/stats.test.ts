import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { open } from '../../../src/fs/index.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { pause } from '../../support/deadline.ts';
import { Pipe } from '../../support/fifo.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('operations are counted, and a batch in one flush', async () => {
  const file = await open(join(temporaryDirectory(), 'written'), 'w');
  const before = stats();
  await Promise.all(Array.from({ length: 20 }, () => file.write(Buffer.alloc(16), 0, 16, 0)));
  const after = stats();
  assert.is(after.submitted - before.submitted, 20);
  assert.is(after.completed - before.completed, 20);
  assert.ok(after.largestBatch >= 20);
  assert.ok(after.flushes - before.flushes < 20);
  assert.is(after.deliveredInline + after.deliveredByLoop, after.completed);
  assert.is(after.meanBatch, after.submitted / after.flushes);
  assert.is(after.inFlight, 0);
  assert.is(after.queued, 0);
  await file.close();
});

onlyOnLinux('Windows has no read that never waits')('reads that memory answers are told apart', async () => {
  const file = await open('/dev/zero');
  const before = stats();
  for (let round = 0; round < 20; round++) await file.read(Buffer.alloc(16), 0, 16, 0);
  const after = stats();
  const readAtOnce = after.readAtOnce - before.readAtOnce;
  assert.ok(readAtOnce > 0);
  assert.is(readAtOnce + after.submitted - before.submitted, 20);
  await file.close();
});

test('what is pending, cancelled and taken back is told apart', async () => {
  const pipe = new Pipe(temporaryDirectory(), 'later');
  const file = await open(pipe.path, 'r+');
  const before = stats();
  const { signal, abort } = stoppable();
  const pending = file.read(Buffer.alloc(16), { signal });
  await pause(20);
  assert.is(stats().inFlight, 1);
  abort();
  assert.is(await rejectionOf(pending), signal.reason);
  assert.is(stats().inFlight, 0);
  assert.is(stats().cancelled - before.cancelled, 1);
  assert.ok(stats().cancelRequests > before.cancelRequests);
  assert.is(stats().withdrawn, before.withdrawn);

  const early = stoppable();
  const unseen = file.read(Buffer.alloc(16), { signal: early.signal });
  early.abort();
  assert.is(await rejectionOf(unseen), early.signal.reason);
  assert.is(stats().withdrawn - before.withdrawn, 1);
  assert.is(stats().cancelled - before.cancelled, 1);
  await file.close();
  pipe.closePeer();
});

function stoppable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.unreachable('it resolved'),
    (error: unknown) => error,
  );
}

test.run();
