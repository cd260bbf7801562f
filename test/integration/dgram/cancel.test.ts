// The contract, for sockets of src/dgram/socket.ts.

import { getEventListeners } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, type UdpSocket } from '../../../src/dgram/index.ts';
import type { OperationOptions } from '../../../src/runtime/operation.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { checksum } from '../../support/checksum.ts';
import { deadline, macrotask, occupyThread, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';

// Few in flight, so that waiting in JavaScript is easy to bring about.
runtime.configure({ maxInFlight: 8 });
runtime.open();

type Receive = (socket: UdpSocket, options: OperationOptions) => Promise<unknown>;
const forms: [string, Receive][] = [
  ['receive()', (socket, options) => socket.receive(options)],
  ['receive(buffer)', (socket, options) => socket.receive(Buffer.alloc(16), options)],
];

async function withSocket(work: (socket: UdpSocket, sender: UdpSocket, port: number) => Promise<void>): Promise<void> {
  const before = openDescriptors();
  const socket = await bind({ address: '127.0.0.1' });
  const sender = await bind({ address: '127.0.0.1' });
  try {
    await deadline(work(socket, sender, socket.address().port), 'the test');
  } finally {
    await socket.close();
    await sender.close();
  }
  await assertSameDescriptors(before, 'closing');
}

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('was not rejected');
}

/** The next datagram is the one sent now: nothing the aborted receives left behind takes it. */
async function assertLive(socket: UdpSocket, sender: UdpSocket): Promise<void> {
  await sender.send('live', socket.address().port, '127.0.0.1');
  assert.is((await deadline(socket.receive(), 'a receive after the aborts')).data.toString(), 'live');
}

for (const [name, receive] of forms) {
  test(`${name} with an aborted signal takes nothing`, () =>
    withSocket(async (socket, sender, port) => {
      await sender.send('kept', port, '127.0.0.1');
      const reason = { why: 'aborted before' };
      assert.is(await reasonOf(receive(socket, { signal: AbortSignal.abort(reason) })), reason);
      assert.is((await socket.receive()).data.toString(), 'kept');
    }));

  test(`${name} aborted in its own tick, in the next and later rejects with the reason itself`, () =>
    withSocket(async (socket, sender) => {
      const delays: (() => Promise<unknown>)[] = [
        async () => {},
        () => Promise.resolve().then(() => {}),
        macrotask,
        () => pause(10),
      ];
      for (const delay of delays) {
        const controller = new AbortController();
        const received = reasonOf(receive(socket, { signal: controller.signal }));
        const reason = new Error('given up');
        await delay();
        controller.abort(reason);
        controller.abort(new Error('twice'));
        assert.is(await received, reason);
        await macrotask();
        assert.is(getEventListeners(controller.signal, 'abort').length, 0);
      }
      await assertLive(socket, sender);
    }));

  test(`${name} waiting for room is withdrawn without being submitted`, () =>
    withSocket(async (socket, sender) => {
      const first = new AbortController();
      const second = new AbortController();
      const flying = Array.from({ length: 8 }, () => reasonOf(receive(socket, { signal: first.signal })));
      const queued = Array.from({ length: 20 }, () => reasonOf(receive(socket, { signal: second.signal })));
      await macrotask();
      assert.is(runtime.counts().queued, 20);
      second.abort('queued');
      for (const reason of await Promise.all(queued)) assert.is(reason, 'queued');
      assert.is(runtime.counts().queued, 0);
      first.abort('flying');
      for (const reason of await Promise.all(flying)) assert.is(reason, 'flying');
      await assertLive(socket, sender);
    }));

  test(`${name} past its deadline rejects with TimeoutError and keeps the datagram that follows`, () =>
    withSocket(async (socket, sender) => {
      for (const timeoutMs of [0, 1, 20]) {
        const error = (await reasonOf(receive(socket, { timeoutMs }))) as DOMException;
        assert.instance(error, DOMException);
        assert.is(error.name, 'TimeoutError');
      }
      const ofSignal = (await reasonOf(receive(socket, { signal: AbortSignal.timeout(5) }))) as DOMException;
      assert.is(ofSignal.name, 'TimeoutError');
      await assertLive(socket, sender);
    }));

  test(`${name} is taken back by close(), which waits for it`, () =>
    withSocket(async (socket) => {
      let settled = 0;
      const waiting = Array.from({ length: 12 }, async () => {
        const error = (await reasonOf(receive(socket, {}))) as NodeJS.ErrnoException;
        settled++;
        assert.is(error.code, 'ECANCELED');
      });
      await macrotask();
      const closing = socket.close();
      assert.is(socket.close(), closing);
      assert.is(socket.fd, -1);
      assert.ok(socket.closed);
      await closing;
      await Promise.all(waiting);
      assert.is(settled, 12);
      assert.is(((await reasonOf(receive(socket, {}))) as NodeJS.ErrnoException).code, 'EBADF');
    }));
}

test('a datagram that came with the abort is delivered, or still there', () =>
  withSocket(async (socket, sender, port) => {
    for (let round = 0; round < 200; round++) {
      const controller = new AbortController();
      const received = socket.receive({ signal: controller.signal }).then(
        ({ data }) => data.toString(),
        () => null,
      );
      await macrotask();
      const sent = sender.send(String(round), port, '127.0.0.1');
      if (round % 2 === 0) await sent;
      controller.abort();
      await sent;
      const value = (await received) ?? (await socket.receive({ timeoutMs: 5000 })).data.toString();
      assert.is(value, String(round));
    }
  }));

test('a busy thread does not make an abort lose a datagram', () =>
  withSocket(async (socket, sender, port) => {
    for (let round = 0; round < 5; round++) {
      const controller = new AbortController();
      const received = socket.receive({ signal: controller.signal }).catch(() => null);
      await macrotask();
      await sender.send(String(round), port, '127.0.0.1');
      controller.abort();
      // Longer than detachAfterMs: the runtime may not tell before the kernel has.
      occupyThread(120);
      const message = (await received) ?? (await socket.receive({ timeoutMs: 5000 }));
      assert.is(message.data.toString(), String(round));
    }
  }));

test('one signal takes back thousands of receives with one listener', () =>
  withSocket(async (socket, sender) => {
    const controller = new AbortController();
    const reason = new Error('all');
    const all = Array.from({ length: 5000 }, () => reasonOf(socket.receive({ signal: controller.signal })));
    assert.is(getEventListeners(controller.signal, 'abort').length, 1);
    await macrotask();
    controller.abort(reason);
    for (const error of await deadline(Promise.all(all), '5000 aborted receives')) assert.is(error, reason);
    await macrotask();
    assert.is(getEventListeners(controller.signal, 'abort').length, 0);
    await assertLive(socket, sender);
  }));

test('after a receive was taken back nobody writes to its memory', () =>
  withSocket(async (socket, sender, port) => {
    const memory = Buffer.alloc(64, 0x5a);
    const controller = new AbortController();
    const received = reasonOf(socket.receive(memory, { signal: controller.signal }));
    await macrotask();
    controller.abort();
    await received;
    const before = checksum(memory);
    await sender.send('x'.repeat(64), port, '127.0.0.1');
    await pause(50);
    assert.is(checksum(memory), before);
    await socket.receive();
  }));

test('everything rejects with EBADF after close()', () =>
  withSocket(async (socket, _sender, port) => {
    await socket.close();
    const calls = [
      () => socket.send('x', port, '127.0.0.1'),
      () => socket.receive(),
      () => socket.receive(new Uint8Array(1)),
      () => socket.connect(port, '127.0.0.1'),
      () => socket.disconnect(),
      () => socket.bind(),
    ];
    for (const call of calls)
      assert.is(((await reasonOf(call())) as NodeJS.ErrnoException).code, 'EBADF', String(call));
    const settings = [
      () => socket.address(),
      () => socket.remoteAddress(),
      () => socket.setTTL(5),
      () => socket.setBroadcast(true),
      () => socket.addMembership('224.0.0.114'),
      () => socket.setMulticastInterface('127.0.0.1'),
      () => socket.getRecvBufferSize(),
    ];
    for (const call of settings)
      assert.throws(call, (error: NodeJS.ErrnoException) => error.code === 'EBADF', String(call));
    socket.ref().unref();
  }));

test('a connected socket rejects with EBADF after close() too', () =>
  withSocket(async (socket, sender) => {
    await socket.connect(sender.address().port, '127.0.0.1');
    await socket.close();
    for (const call of [() => socket.send('x'), () => socket.disconnect(), () => socket.connect(9)]) {
      assert.is(((await reasonOf(call())) as NodeJS.ErrnoException).code, 'EBADF', String(call));
    }
  }));

test('disposing of a socket closes it', async () => {
  const before = openDescriptors();
  const socket = await bind();
  await socket[Symbol.asyncDispose]();
  assert.ok(socket.closed);
  await assertSameDescriptors(before, 'disposing');
});

test('a send can be aborted before, and sends nothing then', () =>
  withSocket(async (socket, sender, port) => {
    const signal = AbortSignal.abort('not sent');
    assert.is(await reasonOf(sender.send('x', port, '127.0.0.1', { signal })), 'not sent');
    assert.is(await reasonOf(sender.send('x', port, 'localhost', { signal })), 'not sent');
    const controller = new AbortController();
    const sent = reasonOf(sender.send('x', port, '127.0.0.1', { signal: controller.signal }));
    controller.abort('in the same tick');
    assert.is(await sent, 'in the same tick');
    await assertLive(socket, sender);
  }));

test.run();
