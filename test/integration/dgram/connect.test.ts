// Of src/dgram/connect.ts.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, createSocket } from '../../../src/dgram/index.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { onWine, testExceptOnWine } from '../../support/windows-differences.ts';

type Failure = NodeJS.ErrnoException & { address?: string; port?: number; native?: number };

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await deadline(promise, 'the call');
  } catch (error) {
    return error as Failure;
  }
  throw new Error('did not fail');
}

function coded(code: string): (error: Failure) => boolean {
  return (error) => error.code === code;
}

/** A port of this machine nobody listens on. */
async function silentPort(address = '127.0.0.1'): Promise<number> {
  const socket = await bind({ address });
  const { port } = socket.address();
  await socket.close();
  return port;
}

test('a connected socket sends without a destination and names its peer', async () => {
  for (const address of ['127.0.0.1', '::1']) {
    const server = await bind({ address });
    const client = await bind({ address });
    const { port } = server.address();
    await client.connect(port, address);
    assert.equal(client.remoteAddress(), server.address());
    assert.is(await client.send('one'), 3);
    assert.is(await client.send(Buffer.from('two!'), { timeoutMs: 1000 }), 4);
    assert.is(await client.send('xthreex', 1, 5), 5);
    assert.is(await client.send(['fo', Buffer.from('ur')]), 4);
    for (const expected of ['one', 'two!', 'three', 'four']) {
      assert.is((await server.receive()).data.toString(), expected);
    }
    await server.close();
    await client.close();
  }
});

test('a host name can be connected to, and this machine is the default', async () => {
  const server = await bind();
  const { port } = server.address();
  for (const host of ['localhost', undefined, null, '']) {
    const client = await createSocket('udp4');
    await client.connect(port, host);
    assert.is(client.remoteAddress().address, '127.0.0.1');
    await client.close();
  }
  await server.close();
});

test('a connected socket receives from its peer only', async () => {
  const peer = await bind({ address: '127.0.0.1' });
  const stranger = await bind({ address: '127.0.0.1' });
  const client = await bind({ address: '127.0.0.1' });
  const { port } = client.address();
  await client.connect(peer.address().port, '127.0.0.1');
  const received = client.receive();
  await stranger.send('stranger', port, '127.0.0.1');
  await pause(10);
  await peer.send('peer', port, '127.0.0.1');
  assert.is((await deadline(received, 'the datagram')).data.toString(), 'peer');
  for (const socket of [peer, stranger, client]) await socket.close();
});

test('what came before connect() still tells who sent it', async () => {
  const peer = await bind({ address: '127.0.0.1' });
  const stranger = await bind({ address: '127.0.0.1' });
  const client = await bind({ address: '127.0.0.1' });
  await stranger.send('early', client.address().port, '127.0.0.1');
  await client.connect(peer.address().port, '127.0.0.1');
  assert.is((await client.receive({ timeoutMs: 5000 })).port, stranger.address().port);
  for (const socket of [peer, stranger, client]) await socket.close();
});

testExceptOnWine('refusalsStaySilent', 'a refused datagram is told to the next receive, with the peer', async () => {
  const port = await silentPort();
  const client = await createSocket('udp4');
  await client.connect(port, '127.0.0.1');
  await client.send('x');
  const received = await failureOf(client.receive());
  assert.is(received.code, 'ECONNREFUSED');
  assert.is(received.syscall, 'recvmsg');
  assert.is(received.address, '127.0.0.1');
  assert.is(received.port, port);
  if (onWindows) assert.ok(received.native === 10054 || received.native === 1234, String(received.native));
  await client.close();
});

const sendsAreTold = onlyOnLinux('a send of Windows need not be told of refusals, a receive is');
sendsAreTold('a refused datagram is told to the next send, with the peer', async () => {
  const port = await silentPort();
  const client = await createSocket('udp4');
  await client.connect(port, '127.0.0.1');
  await client.send('x');
  await pause(20);
  const sent = await failureOf(client.send('x'));
  assert.is(sent.code, 'ECONNREFUSED');
  assert.is(sent.syscall, 'send');
  assert.is(sent.message, `send ECONNREFUSED 127.0.0.1:${port}`);
  assert.is(sent.address, '127.0.0.1');
  assert.is(sent.port, port);
  await client.close();
});

testExceptOnWine('refusalsStaySilent', 'a receive that waits is told of the refusal', async () => {
  const client = await createSocket('udp6');
  await client.connect(await silentPort('::1'), '::1');
  const waiting = failureOf(client.receive(new Uint8Array(4)));
  await pause(5);
  await client.send('x');
  assert.is((await waiting).code, 'ECONNREFUSED');
  await client.close();
});

test('without a connect() nobody hears of a refusal', async () => {
  const port = await silentPort();
  const client = await createSocket('udp4');
  for (let round = 0; round < 3; round++) assert.is(await client.send('x', port, '127.0.0.1'), 1);
  await client.close();
});

test('the state of the connection is checked at once', async () => {
  const server = await bind({ address: '127.0.0.1' });
  const { port } = server.address();
  const client = onWine('disconnectingFreesPorts')
    ? await bind({ address: '127.0.0.1', port: await silentPort() })
    : await createSocket('udp4');
  assert.throws(() => client.remoteAddress(), coded('ERR_SOCKET_DGRAM_NOT_CONNECTED'));
  assert.throws(() => client.disconnect(), coded('ERR_SOCKET_DGRAM_NOT_CONNECTED'));
  assert.throws(() => client.send('x'), coded('ERR_SOCKET_BAD_PORT'));
  const connecting = client.connect(port, '127.0.0.1');
  assert.throws(() => client.connect(port, '127.0.0.1'), coded('ERR_SOCKET_DGRAM_IS_CONNECTED'));
  await connecting;
  assert.throws(() => client.connect(port, '127.0.0.1'), coded('ERR_SOCKET_DGRAM_IS_CONNECTED'));
  assert.throws(() => client.send('x', port, '127.0.0.1'), coded('ERR_SOCKET_DGRAM_IS_CONNECTED'));
  assert.throws(() => client.send('x', { port }), coded('ERR_SOCKET_DGRAM_IS_CONNECTED'));
  const disconnecting = client.disconnect();
  assert.throws(() => client.send('x'), coded('ERR_SOCKET_BAD_PORT'));
  assert.throws(() => client.disconnect(), coded('ERR_SOCKET_DGRAM_NOT_CONNECTED'));
  await disconnecting;
  assert.throws(() => client.remoteAddress(), coded('ERR_SOCKET_DGRAM_NOT_CONNECTED'));
  assert.throws(() => client.disconnect(), coded('ERR_SOCKET_DGRAM_NOT_CONNECTED'));
  await server.close();
  await client.close();
});

test('wrong arguments of connect are refused at once', async () => {
  const client = await createSocket('udp4');
  for (const port of [0, -1, 65536, 'x', undefined]) {
    assert.throws(() => client.connect(port as number), coded('ERR_SOCKET_BAD_PORT'));
  }
  assert.throws(() => client.connect(1, 5 as never), coded('ERR_INVALID_ARG_TYPE'));
  assert.throws(() => client.connect(1, 'a\0b'), coded('ERR_INVALID_ARG_VALUE'));
  assert.throws(() => client.connect(1, undefined, { signal: 5 as never }), coded('ERR_INVALID_ARG_TYPE'));
  assert.throws(() => client.connect(1, undefined, { timeout: 5 } as never), coded('ERR_INVALID_ARG_VALUE'));
  await client.close();
});

test('a failed connect leaves the socket unconnected', async () => {
  const client = await createSocket('udp4');
  const wrongFamily = await failureOf(client.connect(9, '::1'));
  assert.is(wrongFamily.message, 'connect EINVAL ::1:9');
  const reason = new Error('no');
  assert.is(await failureOf(client.connect(9, '127.0.0.1', { signal: AbortSignal.abort(reason) })), reason);
  assert.is(await failureOf(client.connect(9, 'localhost', { signal: AbortSignal.abort(reason) })), reason);
  assert.throws(() => client.remoteAddress(), coded('ERR_SOCKET_DGRAM_NOT_CONNECTED'));
  await client.connect(9, '127.0.0.1');
  assert.is(client.remoteAddress().port, 9);
  await client.close();
});

testExceptOnWine(
  'disconnectingFreesPorts',
  'disconnect() leaves the socket its port, also one the system chose',
  async () => {
    const server = await bind({ address: '127.0.0.1' });
    const to = server.address().port;
    const client = await bind({ address: '127.0.0.1' });
    const unbound = await createSocket('udp4');
    for (const socket of [client, unbound]) {
      await socket.connect(to, '127.0.0.1');
      const { port } = socket.address();
      await socket.disconnect();
      assert.is(socket.address().port, port);
      await server.send('still here', port, '127.0.0.1');
      assert.is((await deadline(socket.receive(), 'the datagram')).data.toString(), 'still here');
      await socket.send('and can send', to, '127.0.0.1');
      assert.is((await server.receive()).port, port);
      await socket.connect(to, '127.0.0.1');
      await socket.close();
    }
    await server.close();
  },
);

test.run();
