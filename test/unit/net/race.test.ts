import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Target } from '../../../src/net/attempt.ts';
import { connect, listen, type Server } from '../../../src/net/index.ts';
import { interleaved, Race } from '../../../src/net/race.ts';
import { WireFamily, wireAddress } from '../../../src/runtime/address.ts';
import type { OperationOptions } from '../../../src/runtime/operation.ts';
import { Steps } from '../../../src/runtime/steps.ts';
import { connection, targetOf } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { untilUntaken } from '../../support/tcp-queues.ts';

function target(address: string, port: number): Target {
  const family = address.includes(':') ? WireFamily.ipv6 : WireFamily.ipv4;
  return { family, address: wireAddress({ address, port }), fields: { address, port }, local: null };
}

function targetOfServer(server: Server): Target {
  const { address, port } = server.address() as { address: string; port: number };
  return target(address, port);
}

function race(targets: Target[], options: OperationOptions = {}, delayMs = 60_000): Race {
  return new Race(targets, new Steps(options), options.signal, delayMs);
}

async function refusedPort(): Promise<number> {
  const server = await listen({ host: '127.0.0.1' });
  const { port } = server.address() as { port: number };
  await server.close();
  return port;
}

await (await connection()).close();
const refused = await refusedPort();

const hung = await listen({ host: '127.0.0.1', backlog: 0 });
const plug = await connect(targetOf(hung));
await untilUntaken((hung.address() as { port: number }).port, 1);

test('the families take turns, beginning with the first', () => {
  const of = (...families: number[]): { family: number; index: number }[] =>
    families.map((family, index) => ({ family, index }));
  const order = (...families: number[]): number[] => interleaved(of(...families)).map(({ index }) => index);
  assert.equal(order(6, 6, 4, 4), [0, 2, 1, 3]);
  assert.equal(order(4, 4, 4, 6), [0, 3, 1, 2]);
  assert.equal(order(4), [0]);
  assert.equal(order(), []);
  assert.equal(order(6, 6), [0, 1]);
});

test('a refused address is followed by the next at once', async () => {
  const before = openDescriptors();
  const server = await listen({ host: '127.0.0.1' });
  const handle = await deadline(race([target('::1', refused), targetOfServer(server)]).run(), 'the race');
  await Promise.all([handle.close(), server.close()]);
  await assertSameDescriptors(before, 'a race with a refused address');
});

test('an address that does not answer is overtaken, taken back and closed', async () => {
  const before = openDescriptors();
  const server = await listen({ host: '127.0.0.1' });
  const handle = await deadline(race([targetOfServer(hung), targetOfServer(server)], {}, 20).run(), 'the race');
  // The loser is gone when the race is over.
  assert.is(openDescriptors().size, before.size + 2);
  await Promise.all([handle.close(), server.close()]);
  await assertSameDescriptors(before, 'a race with a hung address');
});

test('an attempt that is late still wins when the others fail', async () => {
  const server = await listen({ host: '127.0.0.1', backlog: 0 });
  const first = await connect(targetOf(server));
  // The backlog is full until the first connection is accepted; the kernel tries again after a second.
  const pending = race([targetOfServer(server), target('127.0.0.1', refused)], {}, 10).run();
  await pause(50);
  const accepting = (async () => {
    for await (const socket of server) await socket.close();
  })();
  const handle = await deadline(pending, 'the late attempt');
  await Promise.all([handle.close(), first.close(), server.close()]);
  await accepting;
});

test('all failed: the error of one, an AggregateError with the first code of several', async () => {
  const before = openDescriptors();
  const single = await race([target('127.0.0.1', refused)])
    .run()
    .catch((error) => error);
  assert.is(single.message, `connect ECONNREFUSED 127.0.0.1:${refused}`);
  const several = await race([target('::1', refused), target('127.0.0.1', refused)])
    .run()
    .catch((error) => error);
  assert.instance(several, AggregateError);
  assert.is(several.code, 'ECONNREFUSED');
  assert.equal(
    several.errors.map((error: { address: string }) => error.address),
    ['::1', '127.0.0.1'],
  );
  await assertSameDescriptors(before, 'failed races');
});

test('an abort takes back every attempt and begins no other', async () => {
  const before = openDescriptors();
  const abort = new AbortController();
  const server = await listen({ host: '127.0.0.1' });
  const targets = [targetOfServer(hung), targetOfServer(hung), targetOfServer(hung), targetOfServer(server)];
  const pending = race(targets, { signal: abort.signal }, 40).run();
  await pause(60);
  abort.abort('enough');
  assert.is(
    await deadline(
      pending.catch((reason) => reason),
      'an aborted race',
    ),
    'enough',
  );
  await assert.is((await server.accept({ timeoutMs: 100 }).catch((error) => error)).name, 'TimeoutError');
  await server.close();
  await assertSameDescriptors(before, 'an aborted race');
});

test('a deadline ends the race as a whole', async () => {
  const before = openDescriptors();
  const steps = new Steps({ timeoutMs: 50 });
  const pending = steps.run(() => new Race([targetOfServer(hung), targetOfServer(hung)], steps, undefined, 20).run());
  const error = await deadline(
    pending.catch((reason) => reason),
    'a race with a deadline',
  );
  assert.is(error.name, 'TimeoutError');
  assert.match(error.message, '50 ms');
  await assertSameDescriptors(before, 'a race with a deadline');
});

test('two that connect in the same moment leave one connection', async () => {
  const before = openDescriptors();
  const server = await listen({ host: '127.0.0.1' });
  const accepting = (async () => {
    for await (const socket of server) void socket.close();
  })();
  for (let round = 0; round < 50; round++) {
    const handle = await deadline(race([targetOfServer(server), targetOfServer(server)], {}, 0).run(), 'the race');
    await handle.close();
  }
  await server.close();
  await accepting;
  await assertSameDescriptors(before, 'races of equals');
});

test.after(async () => {
  await Promise.all([plug.close(), hung.close()]);
});

test.run();
