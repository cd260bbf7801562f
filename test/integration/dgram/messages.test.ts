// Of src/dgram/messages.ts.

import { getEventListeners } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, type Message, type UdpSocket } from '../../../src/dgram/index.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { testExceptOnWine } from '../../support/windows-differences.ts';

const ended = { done: true, value: undefined };

async function withPair(
  work: (receiver: UdpSocket, send: (data: string) => Promise<number>) => Promise<void>,
): Promise<void> {
  const receiver = await bind({ address: '127.0.0.1' });
  const sender = await bind({ address: '127.0.0.1' });
  const { port } = receiver.address();
  try {
    await deadline(
      work(receiver, (data) => sender.send(data, port, '127.0.0.1')),
      'the test',
    );
  } finally {
    await receiver.close();
    await sender.close();
  }
}

function textOf(result: IteratorResult<Message, undefined>): string | undefined {
  return result.value?.data.toString();
}

test('a loop gets every datagram in order, empty ones too, and ends with the socket', () =>
  withPair(async (receiver, send) => {
    const sent = ['a', '', 'b', 'c'];
    for (const data of sent) await send(data);
    const got: string[] = [];
    for await (const { data } of receiver) {
      got.push(data.toString());
      if (got.length === sent.length) setImmediate(() => receiver.close());
    }
    assert.equal(got, sent);
  }));

test('leaving the loop leaves the socket open and loses nothing', () =>
  withPair(async (receiver, send) => {
    await send('first');
    await send('second');
    for await (const { data } of receiver) {
      assert.is(data.toString(), 'first');
      break;
    }
    for await (const { data } of receiver) {
      assert.is(data.toString(), 'second');
      break;
    }
    await send('third');
    assert.is((await receiver.receive()).data.toString(), 'third');
  }));

test('return() takes a pending receive back at once', () =>
  withPair(async (receiver, send) => {
    const messages = receiver.messages();
    const pending = messages.next();
    await macrotask();
    assert.equal(await messages.return?.(), ended);
    assert.equal(await deadline(pending, 'the pending next()'), ended);
    assert.equal(await messages.next(), ended);
    await send('kept');
    assert.is((await receiver.receive()).data.toString(), 'kept');
  }));

test('the signal ends the loop with its reason and takes no datagram', () =>
  withPair(async (receiver, send) => {
    for (const delayMs of [0, 10]) {
      const controller = new AbortController();
      const { signal } = controller;
      const reason = new Error('enough');
      const messages = receiver.messages({ signal });
      const pending = messages.next().catch((error: unknown) => error);
      if (delayMs > 0) await pause(delayMs);
      controller.abort(reason);
      assert.is(await pending, reason);
      assert.equal(await messages.next(), ended);
      await macrotask();
      assert.is(getEventListeners(signal, 'abort').length, 0);
      const late = await receiver
        .messages({ signal })
        .next()
        .catch((error: unknown) => error);
      assert.is(late, reason);
    }
    await send('kept');
    assert.is((await receiver.receive()).data.toString(), 'kept');
  }));

test('no listener stays on the signal when the loop was left, or the socket closed', () =>
  withPair(async (receiver, send) => {
    const { signal } = new AbortController();
    await send('one');
    for await (const _ of receiver.messages({ signal })) break;
    assert.is(getEventListeners(signal, 'abort').length, 0);
    const messages = receiver.messages({ signal });
    const pending = messages.next();
    await receiver.close();
    assert.equal(await pending, ended);
    assert.is(getEventListeners(signal, 'abort').length, 0);
  }));

test('the time limit is for each datagram', () =>
  withPair(async (receiver, send) => {
    const messages = receiver.messages({ timeoutMs: 300 });
    await send('in time');
    assert.is(textOf(await messages.next()), 'in time');
    const error = await messages.next().catch((reason: unknown) => reason);
    assert.is((error as DOMException).name, 'TimeoutError');
    assert.equal(await messages.next(), ended);
  }));

test('several may wait on one loop', () =>
  withPair(async (receiver, send) => {
    const messages = receiver.messages({ maxBytes: 4 });
    const waiting = [messages.next(), messages.next(), messages.next()];
    await macrotask();
    for (const data of ['a', 'b', 'cutoff']) await send(data);
    const got = (await Promise.all(waiting)).map(textOf).sort();
    assert.equal(got, ['a', 'b', 'cuto']);
  }));

testExceptOnWine('refusalsStaySilent', 'a refusal is thrown out of the loop', async () => {
  const silent = await bind({ address: '127.0.0.1' });
  const { port } = silent.address();
  await silent.close();
  const socket = await bind({ address: '127.0.0.1' });
  await socket.connect(port, '127.0.0.1');
  await socket.send('x');
  const error = await deadline(
    socket
      .messages()
      .next()
      .catch((reason: unknown) => reason),
    'the refusal',
  );
  assert.is((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  await socket.close();
});

test('wrong options are refused at once', () =>
  withPair(async (receiver) => {
    for (const options of [null, 5, { maxBytes: 0 }, { signal: {} }, { timeoutMs: -1 }, { singal: null }]) {
      assert.throws(
        () => receiver.messages(options as never),
        (error: NodeJS.ErrnoException) => /^ERR_/.test(error.code ?? ''),
      );
    }
  }));

test.run();
