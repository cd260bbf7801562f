// Flows and the sockets they mark: src/qos/qos.ts, src/qos/flow-state.ts, src/qos/marked-socket.ts, src/qos/connection.ts and
// src/qos/traffic.ts.

import * as assert from 'uvu/assert';
import { binding } from '../../../src/binding.ts';
import { bind } from '../../../src/dgram/index.ts';
import { connect, listen } from '../../../src/net/index.ts';
import { type Flow, open, Qos } from '../../../src/qos/index.ts';
import { SocketOption } from '../../../src/wire/layout.ts';
import { connection } from '../../support/connections.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { listenersOf } from '../../support/listeners.ts';
import { onlyOnLinux, onlyOnWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { descriptorOf } from '../../support/sockets.ts';

const test = onlyOnLinux('flows of Windows are not made yet');

const reason = { why: 'the test says so' } as never;
const dscpOf = (descriptor: number): number => binding.socketGetOption(descriptor, SocketOption.trafficClass) >> 2;
const priorityOf = (descriptor: number): number => binding.socketGetOption(descriptor, SocketOption.priority);

async function code(promise: Promise<unknown>): Promise<string | undefined> {
  return (await rejected(deadline(promise, 'the call'))).code;
}

test('a flow marks its socket, changes it, and leaves it as it was', async () => {
  await using qos = await open();
  await using socket = await bind();
  const { fd } = socket;
  binding.socketSetOption(fd, SocketOption.trafficClass, 12 << 2);
  const before = { dscp: dscpOf(fd), priority: priorityOf(fd) };
  const flow = await qos.addFlow(socket, { trafficType: 'voice' });
  assert.equal(await flow.query('priority'), { dscp: 56, layer2: 6 });
  assert.is(dscpOf(fd), 56);
  assert.is(priorityOf(fd), 6);
  await flow.set({ trafficType: 'background' });
  assert.equal(await flow.query('priority', { fresh: true }), { dscp: 8, layer2: 2 });
  await flow.set({ dscp: 46 });
  assert.equal(await flow.query('priority'), { dscp: 46, layer2: 2 }, 'a code point leaves the priority');
  await flow.set({ rate: 34_000_000_000 });
  await flow.set({ rate: Number.POSITIVE_INFINITY });
  await flow.remove();
  await flow.remove();
  assert.ok(flow.removed);
  assert.equal({ dscp: dscpOf(fd), priority: priorityOf(fd) }, before);
  assert.is(await code(flow.set({ dscp: 1 })), 'EBADF');
  assert.is(await code(flow.query('priority')), 'EBADF');
  assert.is(await code(flow.notify('congested')), 'EBADF');
});

test('a socket has one flow at a time, of whatever Qos', async () => {
  await using one = await open();
  await using other = await open();
  await using socket = await bind({ type: 'udp6' });
  const flow = await one.addFlow(socket);
  assert.is(await code(one.addFlow(socket)), 'EEXIST');
  assert.is(await code(other.addFlow(socket)), 'EEXIST');
  await flow.remove();
  await other.addFlow(socket, { trafficType: 'control' });
  assert.is(dscpOf(socket.fd), 56);
  await other.close();
  assert.is(dscpOf(socket.fd), 0);
});

test('closing the socket removes its flow and ends what waits on it; the flow holds nobody up', async () => {
  await using qos = await open();
  const before = openDescriptors();
  const { near, close } = await connection();
  const flow = await qos.addFlow(near, { adaptive: true });
  const waiting = [flow.notify('congested'), flow.notify({ available: 1e12 / 100 }), flow.query('rate')];
  const codes = Promise.all(waiting.map(code));
  await macrotask();
  await deadline(close(), 'close()');
  assert.ok(flow.removed);
  assert.equal(await codes, ['ECANCELED', 'ECANCELED', 'EBADF']);
  await assertSameDescriptors(before, 'a flow');
  assert.is(await code(qos.addFlow(near)), 'EBADF');
});

test('closing the Qos removes every flow, and nothing is added any more', async () => {
  const qos = await open();
  await using socket = await bind();
  const flow = await qos.addFlow(socket, { trafficType: 'voice' });
  await qos.close();
  await qos.close();
  assert.ok(qos.closed && flow.removed);
  assert.is(dscpOf(socket.fd), 0);
  assert.is(await code(qos.addFlow(socket)), 'EBADF');
  assert.is(await code(qos.enumerate()), 'EBADF');
});

test('a connection is asked for what it carries; a datagram socket has none of it', async () => {
  await using qos = await open();
  const { near, far, close } = await connection();
  await using flow = await qos.addFlow(near);
  const read = async (bytes: number): Promise<void> => {
    for (let left = bytes; left > 0; ) left -= (await far.read({ size: left })).byteLength;
  };
  await Promise.all([near.write(Buffer.alloc(3_000_000)), read(3_000_000)]);
  const { bottleneckBitsPerSecond, availableBitsPerSecond, roundTripMs } = await flow.query('fundamentals');
  assert.is(bottleneckBitsPerSecond, null);
  assert.ok(availableBitsPerSecond > 1e6, String(availableBitsPerSecond));
  assert.ok(roundTripMs > 0 && roundTripMs < 1000, String(roundTripMs));
  const quiet = await flow.query('rate', { timeoutMs: 60_000 });
  assert.is(quiet, 0);
  const busy = flow.query('rate');
  await Promise.all([near.write(Buffer.alloc(1_000_000)), read(1_000_000)]);
  assert.ok((await busy) > 1e6);
  await close();
  await using socket = await bind();
  await using ofDatagrams = await qos.addFlow(socket, { adaptive: true });
  assert.is(await code(ofDatagrams.query('fundamentals')), 'ENOTSUP');
  assert.is(await code(ofDatagrams.query('rate')), 'ENOTSUP');
  assert.is(await code(ofDatagrams.notify('congested')), 'ENOTSUP');
});

test('what is waited for and holds resolves; what does not is taken back at once, and one of a kind is enough', async () => {
  await using qos = await open();
  const { near, close } = await connection();
  const flow = await qos.addFlow(near, { adaptive: true });
  await deadline(flow.notify('uncongested'), 'a quiet connection');
  const abort = new AbortController();
  const pending = flow.notify('congested', { signal: abort.signal });
  assert.is(await code(flow.notify('congested')), 'EEXIST');
  await pause(50);
  abort.abort(reason);
  assert.is(await rejected(pending), reason);
  assert.is(listenersOf(abort.signal), 0);
  const late = await rejected(flow.notify('congested', { timeoutMs: 30 }));
  assert.is(late.name, 'TimeoutError');
  // The place is free again.
  const again = flow.notify('congested');
  await flow.remove();
  assert.is(await code(again), 'ECANCELED');
  await close();
  await using socket = await bind();
  const plain = await qos.addFlow(socket);
  assert.is(await code(plain.notify('congested')), 'EINVAL');
});

test('taken back before it is asked, nothing changes', async () => {
  await using qos = await open();
  await using socket = await bind();
  const options = { signal: AbortSignal.abort(reason) };
  assert.is(await rejected(open(options)), reason);
  assert.is(await rejected(qos.addFlow(socket, options)), reason);
  const flow: Flow = await qos.addFlow(socket);
  assert.is(await rejected(flow.set({ dscp: 46 }, options)), reason);
  assert.is(await rejected(flow.query('priority', options)), reason);
  assert.is(await rejected(flow.notify('congested', options)), reason);
  assert.is((await rejected(flow.set({ dscp: 46 }, { timeoutMs: 0 }))).name, 'TimeoutError');
  assert.is(dscpOf(socket.fd), 0);
});

test('what Linux cannot do says so', async () => {
  await using qos = await open();
  assert.is(await code(qos.enumerate()), 'ENOTSUP');
  assert.is(await code(qos.startTracking('192.0.2.1')), 'ENOTSUP');
  assert.is(await code(qos.stopTracking('192.0.2.1')), 'ENOTSUP');
  const { near, close } = await connection('local');
  assert.is(await code(qos.addFlow(near)), 'ENOTSUP');
  await close();
});

test('a flow that was collected lets its socket be closed, and marks it no more', async () => {
  const { gc } = globalThis as { gc?: () => void };
  assert.ok(gc, 'the test needs --expose-gc');
  await using qos = await open();
  await using server = await listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.address() as { port: number };
  await using near = await connect({ port, host: '127.0.0.1' });
  const descriptor = descriptorOf(near.localPort as number);
  await (async () => {
    await qos.addFlow(near, { trafficType: 'voice' });
  })();
  for (let round = 0; round < 200 && dscpOf(descriptor) !== 0; round++) {
    gc();
    await pause(5);
  }
  assert.is(dscpOf(descriptor), 0);
});

test('wrong arguments throw at once and show the value', async () => {
  await using qos = await open();
  await using socket = await bind();
  const flow = await qos.addFlow(socket, { adaptive: true });
  const throwing: [run: () => unknown, code: string, value: RegExp][] = [
    [() => qos.addFlow({} as never), 'ERR_INVALID_ARG_TYPE', /Socket/],
    [() => qos.addFlow(socket, { trafficType: 'video' as never }), 'ERR_INVALID_ARG_VALUE', /'video'/],
    [() => qos.addFlow(socket, { trafficType: 'toString' as never }), 'ERR_INVALID_ARG_VALUE', /'toString'/],
    [() => qos.addFlow(socket, { adaptive: 1 as never }), 'ERR_INVALID_ARG_TYPE', /1/],
    [() => qos.addFlow(socket, { adaptiv: true } as never), 'ERR_INVALID_ARG_VALUE', /adaptiv/],
    [() => flow.set({} as never), 'ERR_INVALID_ARG_VALUE', /trafficType/],
    [() => flow.set({ dscp: 1, rate: 8 } as never), 'ERR_INVALID_ARG_VALUE', /dscp/],
    [() => flow.set(null as never), 'ERR_INVALID_ARG_TYPE', /null/],
    [() => flow.set({ dscp: 64 }), 'ERR_OUT_OF_RANGE', /64/],
    [() => flow.set({ rate: 7 }), 'ERR_OUT_OF_RANGE', /7/],
    [() => flow.set({ rate: Number.NaN }), 'ERR_OUT_OF_RANGE', /NaN/],
    [() => flow.set({ rate: 2 ** 36 }), 'ERR_OUT_OF_RANGE', /68/],
    [() => flow.query('all' as never), 'ERR_INVALID_ARG_VALUE', /'all'/],
    [() => flow.query('rate', { fresh: 'yes' as never }), 'ERR_INVALID_ARG_TYPE', /yes/],
    [() => flow.notify('later' as never), 'ERR_INVALID_ARG_VALUE', /later/],
    [() => flow.notify({ available: -1 }), 'ERR_OUT_OF_RANGE', /-1/],
    [() => flow.notify({ available: Number.POSITIVE_INFINITY }), 'ERR_OUT_OF_RANGE', /Infinity/],
    [() => flow.notify('congested', { signal: 5 as never }), 'ERR_INVALID_ARG_TYPE', /5/],
  ];
  for (const [run, expected, value] of throwing) {
    try {
      await run();
    } catch (error) {
      assert.is((error as NodeJS.ErrnoException).code, expected, String(run));
      assert.match((error as Error).message, value);
      continue;
    }
    assert.unreachable(`${run} did not throw`);
  }
  assert.ok(qos instanceof Qos);
});

onlyOnWindows('on Linux it opens')('on Windows it says that it is not made yet', async () => {
  assert.is(await code(open()), 'ENOTSUP');
});

test.run();
