// A chain of operations that are all complete at once does not keep the event loop from its other work.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../../src/runtime/runtime.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { perform } from '../../support/operations.ts';

/** Keeps `width` chains of no-ops running while `work` is done; returns how many ran. */
async function besides(width: number, work: () => Promise<void>): Promise<number> {
  let done = false;
  let count = 0;
  const chains = Array.from({ length: width }, async () => {
    while (!done) {
      await perform('noop');
      count++;
    }
  });
  await work();
  done = true;
  await Promise.all(chains);
  return count;
}

for (const width of [1, 64, 1000]) {
  test(`timers, immediates and sockets get their turn besides ${width} chains`, async () => {
    const count = await besides(width, async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
      const [data] = await once(socket, 'data');
      assert.is(String(data), 'hello');
      socket.destroy();
      server.close();
    });
    assert.ok(count > width, `${count} operations ran`);
    assert.ok(stats().budgetExhausted > 0);
  });
}

test('an abort reaches its operation besides chains of others', async () => {
  await besides(64, async () => {
    const controller = new AbortController();
    const pending = perform('timer', { offset: 60_000 }, { signal: controller.signal }).catch((error) => error);
    setTimeout(() => controller.abort('reached'), 5);
    assert.is(await pending, 'reached');
  });
  assert.is(runtime.counts().inFlight, 0);
});

test.run();
