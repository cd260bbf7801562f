// Of src/dgram/settings.ts.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binding } from '../../../src/binding.ts';
import { bind, createSocket, type UdpSocket } from '../../../src/dgram/index.ts';
import { SocketOption } from '../../../src/wire/layout.ts';
import { deadline } from '../../support/deadline.ts';
import { onWindows } from '../../support/platforms.ts';

const types = ['udp4', 'udp6'] as const;

function coded(code: string): (error: NodeJS.ErrnoException) => boolean {
  return (error) => error.code === code;
}

function systemValue(socket: UdpSocket, option: number): number {
  return binding.socketGetOption(socket.fd, option);
}

for (const type of types) {
  test(`settings of a ${type} socket reach the system`, async () => {
    const socket = await createSocket(type);
    assert.is(socket.setTTL(33), 33);
    assert.is(systemValue(socket, SocketOption.timeToLive), 33);
    assert.is(socket.setMulticastTTL(12), 12);
    assert.is(systemValue(socket, SocketOption.multicastTimeToLive), 12);
    assert.is(socket.setMulticastTTL(0), 0);
    assert.is(systemValue(socket, SocketOption.multicastTimeToLive), 0);
    assert.is(socket.setMulticastLoopback(false), false);
    assert.is(systemValue(socket, SocketOption.multicastLoopback), 0);
    socket.setBroadcast(true);
    assert.is(systemValue(socket, SocketOption.broadcast), 1);
    socket.setBroadcast(false);
    assert.is(systemValue(socket, SocketOption.broadcast), 0);
    // Linux doubles them, for its own accounts.
    const held = onWindows ? 9000 : 18_000;
    socket.setRecvBufferSize(9000);
    assert.is(socket.getRecvBufferSize(), held);
    socket.setSendBufferSize(9000);
    assert.is(socket.getSendBufferSize(), held);
    await socket.close();
  });
}

test('values out of bounds are refused at once', async () => {
  const socket = await createSocket('udp4');
  for (const ttl of [0, 256, -1, 1.5]) assert.throws(() => socket.setTTL(ttl), coded('ERR_OUT_OF_RANGE'));
  for (const ttl of [256, -1]) assert.throws(() => socket.setMulticastTTL(ttl), coded('ERR_OUT_OF_RANGE'));
  assert.throws(() => socket.setTTL('5' as never), coded('ERR_INVALID_ARG_TYPE'));
  assert.throws(() => socket.setBroadcast(1 as never), coded('ERR_INVALID_ARG_TYPE'));
  assert.throws(() => socket.setMulticastLoopback(1 as never), coded('ERR_INVALID_ARG_TYPE'));
  for (const size of [0, -1, '5', 2 ** 31]) {
    assert.throws(() => socket.setRecvBufferSize(size as number), coded('ERR_SOCKET_BAD_BUFFER_SIZE'));
    assert.throws(() => socket.setSendBufferSize(size as number), coded('ERR_SOCKET_BAD_BUFFER_SIZE'));
  }
  await socket.close();
});

test('broadcasting has to be allowed, and then reaches the machine', async () => {
  const receiver = await bind({ type: 'udp4' });
  const sender = await createSocket('udp4');
  const { port } = receiver.address();
  const refused = await sender.send('x', port, '127.255.255.255').catch((error: unknown) => error);
  assert.is((refused as NodeJS.ErrnoException).code, 'EACCES');
  assert.is((refused as NodeJS.ErrnoException).message, `send EACCES 127.255.255.255:${port}`);
  sender.setBroadcast(true);
  assert.is(await sender.send('to everybody', port, '127.255.255.255'), 12);
  assert.is((await deadline(receiver.receive(), 'the broadcast')).data.toString(), 'to everybody');
  await receiver.close();
  await sender.close();
});

test('a full receive buffer drops what comes, and the rest stays whole', async () => {
  const receiver = await bind({ address: '127.0.0.1', recvBufferSize: 4096 });
  const sender = await createSocket('udp4');
  const { port } = receiver.address();
  for (let index = 0; index < 200; index++) await sender.send(Buffer.alloc(1000, index), port, '127.0.0.1');
  await sender.send('', port, '127.0.0.1');
  let received = 0;
  for (;;) {
    const message = await receiver.receive({ timeoutMs: 200 }).catch(() => null);
    if (message === null) break;
    if (message.size === 0) continue;
    assert.is(message.size, 1000);
    assert.ok(message.data.every((byte) => byte === message.data[0]));
    received++;
  }
  assert.ok(received > 0 && received < 200, `${received} of 200 were kept`);
  await receiver.close();
  await sender.close();
});

test.run();
