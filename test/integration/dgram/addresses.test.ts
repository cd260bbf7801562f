// Host names and families: of src/dgram/resolve.ts.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, createSocket } from '../../../src/dgram/index.ts';
import { deadline } from '../../support/deadline.ts';
import { withPair } from './pair.ts';

test('a host name is looked up in the family of the socket', () =>
  withPair('127.0.0.1', async (receiver, sender, port) => {
    await sender.send('by name', port, 'localhost');
    assert.is((await receiver.receive()).data.toString(), 'by name');
  }));

test('a host that does not exist fails with ENOTFOUND or EAI_AGAIN', () =>
  withPair('127.0.0.1', async (_receiver, sender, port) => {
    const error = (await sender
      .send('x', port, 'no-such-host.invalid')
      .catch((reason: unknown) => reason)) as NodeJS.ErrnoException;
    assert.ok(error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN', String(error.code));
  }));

test('without an address a datagram goes to this machine', async () => {
  for (const type of ['udp4', 'udp6'] as const) {
    const receiver = await bind({ type });
    const sender = await createSocket(type);
    await sender.send('self', receiver.address().port);
    const { address } = await deadline(receiver.receive(), 'the datagram');
    assert.is(address, type === 'udp4' ? '127.0.0.1' : '::1');
    await receiver.close();
    await sender.close();
  }
});

test('an IPv6 socket talks to IPv4 by mapped addresses, unless it is told not to', async () => {
  const receiver = await bind({ address: '127.0.0.1' });
  const { port } = receiver.address();
  const both = await bind({ type: 'udp6' });
  await both.send('mapped', port, '::ffff:127.0.0.1');
  const { port: from, address } = await receiver.receive();
  assert.is(address, '127.0.0.1');
  await receiver.send('back', from, '127.0.0.1');
  assert.is((await both.receive()).address, '::ffff:127.0.0.1');
  const only = await bind({ type: 'udp6', ipv6Only: true });
  const error = await only.send('x', port, '::ffff:127.0.0.1').catch((reason: unknown) => reason);
  assert.is((error as NodeJS.ErrnoException).code, 'ENETUNREACH');
  for (const socket of [receiver, both, only]) await socket.close();
});

test('an address of the other family fails with EINVAL and its fields', async () => {
  const socket = await bind({ address: '127.0.0.1' });
  const error = await socket.send('x', 9, '::1').catch((reason: unknown) => reason);
  assert.is((error as NodeJS.ErrnoException).message, 'send EINVAL ::1:9');
  assert.is((error as NodeJS.ErrnoException).code, 'EINVAL');
  await socket.close();
});

test.run();
