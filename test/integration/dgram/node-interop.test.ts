// Against node:dgram: data, fields and the codes of src/dgram/errors.ts.

import { createSocket as createNodeSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind } from '../../../src/dgram/index.ts';
import { deadline } from '../../support/deadline.ts';
import { onWine } from '../../support/windows-differences.ts';

async function nodeSocket(type: 'udp4' | 'udp6', address: string): Promise<Socket> {
  const socket = createNodeSocket(type);
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}

for (const [type, address] of [
  ['udp4', '127.0.0.1'],
  ['udp6', '::1'],
] as const) {
  test(`node:dgram and we exchange datagrams over ${type}`, async () => {
    const theirs = await nodeSocket(type, address);
    const ours = await bind({ type, address });
    const lengths = [0, 1, 1472, 9000, 65507 - (type === 'udp6' ? 20 : 0)];
    for (const length of lengths) {
      const sent = Buffer.alloc(length, length);
      const arrival = once(theirs, 'message') as Promise<[Buffer, RemoteInfo]>;
      assert.is(await ours.send(sent, theirs.address().port, address), length);
      const [message, sender] = await deadline(arrival, 'the message event');
      assert.ok(message.equals(sent));
      assert.is(sender.port, ours.address().port);
      theirs.send(sent, ours.address().port, address);
      const received = await deadline(ours.receive(), 'the receive');
      assert.ok(received.data.equals(sent));
      const { address: from, family, port, size } = received;
      const { address: nodeAddress, ...rest } = theirs.address();
      assert.equal({ address: from, family, port }, { address: nodeAddress, ...rest });
      assert.is(size, length);
    }
    theirs.close();
    await ours.close();
  });
}

test('both say the same of where they are and whom they are connected to', async () => {
  const server = await bind({ address: '127.0.0.1' });
  const { port } = server.address();
  const theirs = createNodeSocket('udp4');
  theirs.connect(port, '127.0.0.1');
  await once(theirs, 'connect');
  const ours = await bind({ address: '127.0.0.1' });
  await ours.connect(port, '127.0.0.1');
  assert.equal({ ...ours.remoteAddress() }, { ...theirs.remoteAddress() });
  assert.equal(Object.keys(ours.address()).sort(), Object.keys(theirs.address()).sort());
  theirs.close();
  await ours.close();
  await server.close();
});

test('both fail alike', async () => {
  const taken = await nodeSocket('udp4', '127.0.0.1');
  const { port } = taken.address();
  const theirs = createNodeSocket('udp4');
  theirs.bind(port, '127.0.0.1');
  const [theirError] = (await once(theirs, 'error')) as [NodeJS.ErrnoException];
  const ourError = (await bind({ port, address: '127.0.0.1' }).catch(
    (error: unknown) => error,
  )) as NodeJS.ErrnoException;
  const fields = ({
    code,
    errno,
    syscall,
    message,
    address,
    port,
  }: NodeJS.ErrnoException & { address?: string; port?: number }) => ({ code, errno, syscall, message, address, port });
  assert.equal(fields(ourError), fields(theirError));
  if (!onWine('failedSendsComplete')) {
    const ours = await bind();
    const tooLong = Buffer.alloc(70_000);
    const theirFailure = await new Promise((resolve) => taken.send(tooLong, 9, '127.0.0.1', resolve));
    const ourFailure = await ours.send(tooLong, 9, '127.0.0.1').catch((error: unknown) => error);
    assert.equal(fields(ourFailure as NodeJS.ErrnoException), fields(theirFailure as NodeJS.ErrnoException));
    await ours.close();
  }
  taken.close();
  theirs.close();
});

test('wrong calls have the codes node:dgram has', async () => {
  const theirs = createNodeSocket('udp4');
  const ours = await bind();
  const calls: [string, (socket: never) => unknown][] = [
    ['send without a port', (socket: Socket) => socket.send('x')],
    ['send to port 0', (socket: Socket) => socket.send('x', 0)],
    ['send to port 65536', (socket: Socket) => socket.send('x', 65536)],
    ['send of a number', (socket: Socket) => socket.send(5 as never, 9)],
    ['connect to port 0', (socket: Socket) => socket.connect(0)],
    ['remoteAddress', (socket: Socket) => socket.remoteAddress()],
    ['disconnect', (socket: Socket) => socket.disconnect()],
    ['setRecvBufferSize', (socket: Socket) => socket.setRecvBufferSize(-1)],
    ['setTTL of a string', (socket: Socket) => socket.setTTL('5' as never)],
    ['setMulticastInterface', (socket: Socket) => socket.setMulticastInterface(5 as never)],
  ];
  const codeOf = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'no code';
    }
    return 'no error';
  };
  for (const [name, call] of calls) {
    assert.is(
      codeOf(() => call(ours as never)),
      codeOf(() => call(theirs as never)),
      name,
    );
  }
  assert.is(
    codeOf(() => createNodeSocket('udp5' as never)),
    codeOf(() => bind({ type: 'udp5' as never })),
  );
  theirs.close();
  await ours.close();
});

test.run();
