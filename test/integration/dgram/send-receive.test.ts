// Of src/dgram/message.ts and src/dgram/send.ts.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, createSocket } from '../../../src/dgram/index.ts';
import { errnoOf } from '../../../src/errors.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { onWindows } from '../../support/platforms.ts';
import { testExceptOnWine } from '../../support/windows-differences.ts';
import { withPair } from './pair.ts';

for (const [address, family] of [
  ['127.0.0.1', 'IPv4'],
  ['::1', 'IPv6'],
] as const) {
  test(`a datagram arrives with its sender over ${family}`, () =>
    withPair(address, async (receiver, sender, port) => {
      assert.is(await sender.send('ping', port, address), 4);
      const { data, ...rest } = await receiver.receive();
      assert.is(data.toString(), 'ping');
      const from = sender.address().port;
      assert.equal(rest, { size: 4, address, family, port: from, truncated: false });
    }));
}

test('an empty datagram is a datagram', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    for (const empty of ['', new Uint8Array(0), [], [new Uint8Array(0)]]) {
      assert.is(await sender.send(empty, port, '127.0.0.1'), 0);
      const { data, size } = await receiver.receive();
      assert.is(data.byteLength, 0);
      assert.is(size, 0);
    }
    await sender.send('', port, '127.0.0.1');
    assert.is((await receiver.receive(new Uint8Array(8))).bytesRead, 0);
  }));

test('the caller can give the memory, of every kind', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    const memory = new ArrayBuffer(64);
    const views = [
      new Uint8Array(memory, 3, 10),
      new DataView(memory, 5, 20),
      new Float64Array(memory, 8, 2),
      Buffer.alloc(7),
      new BigInt64Array(2),
      new Uint8Array(new SharedArrayBuffer(16), 4),
    ];
    for (const view of views) {
      await sender.send('abcdefg', port, '127.0.0.1');
      const { bytesRead, buffer, truncated } = await receiver.receive(view);
      assert.is(buffer, view);
      assert.is(bytesRead, 7);
      assert.not(truncated);
      assert.is(Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, 7).toString(), 'abcdefg');
    }
  }));

test('what does not fit is cut off and said to be', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    for (let round = 0; round < 4; round++) await sender.send('0123456789', port, '127.0.0.1');
    const small = await receiver.receive(new Uint8Array(4));
    assert.is(small.bytesRead, 4);
    assert.ok(small.truncated);
    const none = await receiver.receive(new Uint8Array(0));
    assert.is(none.bytesRead, 0);
    assert.ok(none.truncated);
    const limited = await receiver.receive({ maxBytes: 9 });
    assert.is(limited.data.toString(), '012345678');
    assert.ok(limited.truncated);
    const exact = await receiver.receive({ maxBytes: 10 });
    assert.is(exact.data.toString(), '0123456789');
    assert.not(exact.truncated);
  }));

test('the longest datagram travels whole', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    const longest = Buffer.alloc(65507, 'x');
    assert.is(await sender.send(longest, port, '127.0.0.1'), 65507);
    const { data } = await receiver.receive();
    assert.ok(data.equals(longest));
  }));

testExceptOnWine('failedSendsComplete', 'a datagram that is too long fails with EMSGSIZE', () =>
  withPair('127.0.0.1', async (_receiver, sender, port) => {
    for (const length of [65508, 2 ** 20]) {
      const failed = await sender.send(Buffer.alloc(length), port, '127.0.0.1').catch((error: unknown) => error);
      const { code, syscall, address, message, errno } = failed as NodeJS.ErrnoException & { address: string };
      assert.is(code, 'EMSGSIZE');
      assert.is(syscall, 'send');
      assert.is(address, '127.0.0.1');
      assert.is((failed as { port: number }).port, port);
      assert.is(errno, errnoOf('EMSGSIZE'));
      assert.is(message, `send EMSGSIZE 127.0.0.1:${port}`);
    }
  }),
);

test('a received datagram has memory of its own size, and of its own', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    const received: Buffer[] = [];
    for (let index = 0; index < 40; index++) {
      await sender.send(Buffer.alloc(9000, index), port, '127.0.0.1');
      received.push((await receiver.receive()).data);
    }
    await sender.send('small', port, '127.0.0.1');
    assert.is((await receiver.receive()).data.buffer.byteLength, 5);
    for (const [index, data] of received.entries()) {
      assert.is(data.buffer.byteLength, 9000);
      assert.ok(data.every((byte) => byte === index));
    }
  }));

test('data in pieces, slices and strings arrives as one datagram', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    assert.is(await sender.send(['a', Buffer.from('bc'), new Uint16Array([0x6464])], { port }), 5);
    assert.is((await receiver.receive()).data.toString(), 'abcdd');
    const many = Array.from({ length: 1024 }, (_, index) => Buffer.from(String(index % 10)));
    assert.is(await sender.send(many, port, '127.0.0.1'), 1024);
    assert.is((await receiver.receive()).data.toString(), many.join(''));
    assert.is(await sender.send(Buffer.from('0123456'), 2, 3, port, '127.0.0.1'), 3);
    assert.is((await receiver.receive()).data.toString(), '234');
    assert.is(await sender.send('grün', { port, address: '127.0.0.1' }), 5);
    assert.is((await receiver.receive()).data.toString(), 'grün');
  }));

test('several receives wait, and each gets a datagram of its own', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    const waiting = Array.from({ length: 50 }, () => receiver.receive());
    await pause(5);
    for (let index = 0; index < 50; index++) await sender.send(String(index), port, '127.0.0.1');
    const got = (await Promise.all(waiting)).map(({ data }) => Number(data.toString())).sort((a, b) => a - b);
    assert.equal(
      got,
      Array.from({ length: 50 }, (_, index) => index),
    );
  }));

test('many sends in one tick arrive in their order', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    receiver.setRecvBufferSize(1 << 20);
    await Promise.all(Array.from({ length: 100 }, (_, index) => sender.send(String(index), port, '127.0.0.1')));
    for (let index = 0; index < 100; index++) assert.is((await receiver.receive()).data.toString(), String(index));
  }));

test('a socket without a port gets one by sending, and can be answered', async () => {
  const receiver = await bind({ address: '127.0.0.1' });
  const asker = await createSocket('udp4');
  assert.not(asker.bound);
  await asker.send('question', receiver.address().port, '127.0.0.1');
  assert.ok(asker.bound);
  const { port, address } = await receiver.receive();
  assert.is(port, asker.address().port);
  await receiver.send('answer', port, address);
  assert.is((await asker.receive()).data.toString(), 'answer');
  await receiver.close();
  await asker.close();
});

test('a receive begun before the socket has a port gets the answer', async () => {
  const receiver = await bind({ address: '127.0.0.1' });
  const asker = await createSocket('udp4');
  const answer = asker.receive();
  await pause(5);
  assert.is(asker.bound, onWindows, 'nothing waits on Windows without a port');
  await asker.send('question', receiver.address().port, '127.0.0.1');
  await receiver.send('answer', (await receiver.receive()).port, '127.0.0.1');
  assert.is((await deadline(answer, 'the answer')).data.toString(), 'answer');
  await receiver.close();
  await asker.close();
});

test('what has been sent and not settled is counted, in datagrams and in bytes', () =>
  withPair('127.0.0.1', async (_receiver, sender, port) => {
    assert.is(sender.getSendQueueCount(), 0);
    const waiting = sender.receive();
    const sends = ['a', ['b', Buffer.from('cd')], ''].map((data) => sender.send(data, port, '127.0.0.1'));
    assert.is(sender.getSendQueueCount(), 3);
    assert.is(sender.getSendQueueSize(), 4);
    await Promise.all(sends);
    assert.is(sender.getSendQueueCount(), 0);
    assert.is(sender.getSendQueueSize(), 0);
    await sender.send('', sender.address().port, '127.0.0.1');
    await waiting;
  }));

test('wrong arguments of receive are refused at once', () =>
  withPair('127.0.0.1', async (receiver) => {
    const wrong: [unknown[], string][] = [
      [['text'], 'ERR_INVALID_ARG_TYPE'],
      [[5, {}], 'ERR_INVALID_ARG_TYPE'],
      [[null], 'ERR_INVALID_ARG_TYPE'],
      [[{ maxBytes: 0 }], 'ERR_OUT_OF_RANGE'],
      [[{ maxBytes: 2 ** 24 + 1 }], 'ERR_OUT_OF_RANGE'],
      [[{ maxBytes: '1' }], 'ERR_INVALID_ARG_TYPE'],
      [[{ maxByte: 1 }], 'ERR_INVALID_ARG_VALUE'],
      [[new Uint8Array(1), { singal: 1 }], 'ERR_INVALID_ARG_VALUE'],
      [[new Uint8Array(1), { signal: 1 }], 'ERR_INVALID_ARG_TYPE'],
      [[{ signal: null }], 'ERR_INVALID_ARG_TYPE'],
    ];
    for (const [given, code] of wrong) {
      assert.throws(
        () => (receiver.receive as (...rest: unknown[]) => unknown)(...given),
        (error: NodeJS.ErrnoException) => error.code === code,
        code,
      );
    }
    const detached = new Uint8Array(8);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    assert.throws(() => receiver.receive(detached), /detached/);
  }));

test('no descriptor is left behind', async () => {
  await (await bind()).close();
  const before = openDescriptors();
  await withPair('::1', async () => {});
  await assertSameDescriptors(before, 'closing');
});

test.run();
