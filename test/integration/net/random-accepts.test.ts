// No connection is lost or given twice by aborted accepts, full queues and closing.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connect, listen, type Socket } from '../../../src/net/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { onBackends, rings, tinyRings } from '../../support/backends.ts';
import { connection, targetOf } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { Random } from '../../support/random.ts';

const random = new Random();

onBackends(import.meta.url, [rings, tinyRings], async ({ settings }) => {
  runtime.configure(settings);
  console.log(`seed ${random.seed}`);
  await (await connection()).close();

  test('every connection is accepted once, however accepts are aborted', async () => {
    const before = openDescriptors();
    const server = await listen({ host: '127.0.0.1', backlog: 511 });
    const total = 600;
    const greetings: Promise<number>[] = [];
    const far: Socket[] = [];
    let aborted = 0;
    const acceptOnce = async (): Promise<void> => {
      const abort = new AbortController();
      const kind = random.below(5);
      if (kind === 0) queueMicrotask(() => abort.abort('random'));
      else if (kind === 1) setImmediate(() => abort.abort('random'));
      else if (kind === 2) setTimeout(() => abort.abort('random'), random.below(3));
      const timeoutMs = random.below(6) === 0 ? 1 + random.below(3) : undefined;
      try {
        const socket = await server.accept({ signal: abort.signal, timeoutMs });
        far.push(socket);
        greetings.push(socket.read().then((bytes) => bytes.readUInt32LE()));
      } catch (reason) {
        if (reason !== 'random' && (reason as Error).name !== 'TimeoutError') throw reason;
        aborted++;
      }
    };
    const accepting = Array.from({ length: 4 }, async () => {
      while (far.length < total) {
        if (random.below(40) === 0) await pause(random.below(15));
        // All of them may be taken while somebody waits for one more.
        if (far.length < total) await Promise.race([acceptOnce(), pause(20)]);
      }
    });
    const near: Socket[] = [];
    const connecting = Array.from({ length: 8 }, async (_, lane) => {
      for (let index = lane; index < total; index += 8) {
        if (random.below(3) === 0) await pause(1 + random.below(8));
        const socket = await connect(targetOf(server));
        near.push(socket);
        const greeting = Buffer.alloc(4);
        greeting.writeUInt32LE(index);
        await socket.write(greeting);
      }
    });
    await deadline(Promise.all([...connecting, ...accepting]), 'all connections', 60_000);
    const got = (await deadline(Promise.all(greetings), 'all greetings')).sort((a, b) => a - b);
    assert.equal(
      got,
      Array.from({ length: total }, (_, index) => index),
    );
    assert.ok(aborted > 20, `only ${aborted} aborted`);
    await Promise.all([...near, ...far].map((socket) => socket.close()));
    await server.close();
    await assertSameDescriptors(before, 'aborted accepts');
  });

  test('closing at any moment leaves no connection open', async () => {
    const before = openDescriptors();
    for (let round = 0; round < 40; round++) {
      const server = await listen({ host: '127.0.0.1' });
      const target = targetOf(server);
      const sockets: Socket[] = [];
      const keep = (socket: Socket): void => void sockets.push(socket);
      const connecting = Array.from({ length: 10 }, () => connect(target).then(keep, () => {}));
      const accepting = Array.from({ length: 5 }, () => server.accept().then(keep, () => {}));
      if (random.below(2) === 0) await pause(random.below(3));
      await deadline(server.close(), 'close');
      await deadline(Promise.all([...connecting, ...accepting]), 'what was pending');
      await Promise.all(sockets.map((socket) => socket.close()));
    }
    await assertSameDescriptors(before, 'servers closed at any moment');
  });
});
