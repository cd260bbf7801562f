// Of src/dgram/multicast.ts.

import { createSocket as createNodeSocket, type Socket as NodeSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, createSocket, type UdpSocket } from '../../../src/dgram/index.ts';
import { deadline } from '../../support/deadline.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { testExceptOnWine } from '../../support/windows-differences.ts';

const group = '239.255.77.1';
const group6 = 'ff11::7701';
const group6Digits = 'ff110000000000000000000000007701';
const loopback =
  Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ internal }) => internal))?.[0] ?? 'lo';

type Failure = NodeJS.ErrnoException;

const proc = onlyOnLinux('which groups sockets are in stands in /proc');

/** What node:dgram says of it, where it is not known beforehand. */
async function codeOfNode(act: (socket: NodeSocket) => void): Promise<string> {
  const socket = createNodeSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  try {
    act(socket);
  } catch (error) {
    return (error as Failure).code ?? '';
  } finally {
    socket.close();
  }
  throw new Error('node:dgram does it');
}

async function closeAll(...sockets: UdpSocket[]): Promise<void> {
  for (const socket of sockets) await socket.close();
}

/** Whether the datagram comes: a receive that another datagram, sent after it, does not overtake. */
async function arrives(receiver: UdpSocket, send: () => Promise<unknown>): Promise<boolean> {
  await send();
  const { port } = receiver.address();
  const marker = await createSocket(receiver.type);
  await marker.send('marker', port);
  await marker.close();
  const first = await deadline(receiver.receive(), 'a datagram');
  if (first.data.toString() === 'marker') return false;
  assert.is((await deadline(receiver.receive(), 'the marker')).data.toString(), 'marker');
  return true;
}

test('a member receives what is sent to the group, until it leaves', async () => {
  const notMember = onWindows
    ? await codeOfNode((socket) => socket.dropMembership(group, '127.0.0.1'))
    : 'EADDRNOTAVAIL';
  const receiver = await bind({ type: 'udp4' });
  const sender = await createSocket('udp4');
  const { port } = receiver.address();
  sender.setMulticastInterface('127.0.0.1');
  const send = (): Promise<unknown> => sender.send('to all', port, group);
  receiver.addMembership(group, '127.0.0.1');
  assert.ok(await arrives(receiver, send));
  assert.throws(
    () => receiver.addMembership(group, '127.0.0.1'),
    (error: Failure) => error.code === 'EADDRINUSE' && error.syscall === 'addMembership',
  );
  receiver.dropMembership(group, '127.0.0.1');
  assert.not(await arrives(receiver, send));
  assert.throws(
    () => receiver.dropMembership(group, '127.0.0.1'),
    (error: Failure) => error.code === notMember && error.syscall === 'dropMembership',
  );
  await closeAll(receiver, sender);
});

test('two members on one port both receive', async () => {
  const first = await bind({ type: 'udp4', reuseAddr: true });
  const { port } = first.address();
  const second = await bind({ type: 'udp4', reuseAddr: true, port });
  const sender = await createSocket('udp4');
  sender.setMulticastInterface('127.0.0.1');
  for (const member of [first, second]) member.addMembership(group, '127.0.0.1');
  await sender.send('to both', port, group);
  for (const member of [first, second]) {
    assert.is((await deadline(member.receive(), 'the datagram')).data.toString(), 'to both');
  }
  await closeAll(first, second, sender);
});

testExceptOnWine('datagramSocketsTakeInterfaces', 'a source-specific member hears that source only', async () => {
  const ssm = '232.77.0.1';
  const receiver = await bind({ type: 'udp4' });
  const { port } = receiver.address();
  const heard = await bind({ address: '127.0.0.1' });
  const other = await bind({ address: '127.0.0.2' });
  for (const sender of [heard, other]) sender.setMulticastInterface('127.0.0.1');
  receiver.addSourceSpecificMembership('127.0.0.1', ssm, '127.0.0.1');
  assert.ok(await arrives(receiver, () => heard.send('x', port, ssm)));
  assert.not(await arrives(receiver, () => other.send('x', port, ssm)));
  receiver.dropSourceSpecificMembership('127.0.0.1', ssm, '127.0.0.1');
  assert.not(await arrives(receiver, () => heard.send('x', port, ssm)));
  await closeAll(receiver, heard, other);
});

proc('IPv6 groups are joined and left by the name of an interface', async () => {
  const socket = await bind({ type: 'udp6' });
  const memberships = readFileSync.bind(null, '/proc/net/igmp6', 'latin1') as () => string;
  const joined = (): boolean =>
    memberships()
      .split('\n')
      .some((line) => line.includes(` ${loopback} `) && line.includes(group6Digits));
  socket.addMembership(group6, `::%${loopback}`);
  assert.ok(joined());
  socket.dropMembership(group6, `::%${loopback}`);
  assert.not(joined());
  socket.setMulticastInterface(`::%${loopback}`);
  await socket.close();
});

// Linux routes no IPv6 multicast over its loopback interface unless it is told to (ip link set lo multicast
// on; ip -6 route add local ff00::/8 dev lo): without it there is nobody to hear from.
const routed6 = await bind({ type: 'udp6' }).then(async (socket) => {
  socket.setMulticastInterface(`::%${loopback}`);
  const sent = await socket.send('probe', 9, group6).then(
    () => true,
    () => false,
  );
  await socket.close();
  return sent;
});
if (!routed6) console.log(`skipped: ${loopback} carries no IPv6 multicast on this machine`);

(routed6 ? test : test.skip)('an IPv6 member receives what is sent to the group, until it leaves', async () => {
  const receiver = await bind({ type: 'udp6' });
  const sender = await createSocket('udp6');
  const { port } = receiver.address();
  receiver.addMembership(group6, `::%${loopback}`);
  sender.setMulticastInterface(`::%${loopback}`);
  assert.ok(await arrives(receiver, () => sender.send('x', port, group6)));
  assert.ok(await arrives(receiver, () => sender.send('x', port, `${group6}%${loopback}`)));
  receiver.dropMembership(group6, `::%${loopback}`);
  assert.not(await arrives(receiver, () => sender.send('x', port, group6)));
  receiver.addSourceSpecificMembership('::1', group6, `::%${loopback}`);
  assert.ok(await arrives(receiver, () => sender.send('x', port, group6)));
  receiver.dropSourceSpecificMembership('::1', group6, `::%${loopback}`);
  assert.not(await arrives(receiver, () => sender.send('x', port, group6)));
  await closeAll(receiver, sender);
});

test('joining binds a socket that has no port', async () => {
  const socket = await createSocket('udp4');
  socket.addMembership(group, '127.0.0.1');
  assert.ok(socket.bound);
  const sender = await createSocket('udp4');
  sender.setMulticastInterface('127.0.0.1');
  await sender.send('x', socket.address().port, group);
  assert.is((await deadline(socket.receive(), 'the datagram')).data.toString(), 'x');
  await closeAll(socket, sender);
});

proc('closing the socket leaves its groups', async () => {
  const groupInHex = Buffer.from(group.split('.').map(Number)).reverse().toString('hex').toUpperCase();
  const joined = (): boolean => readFileSync('/proc/net/igmp', 'latin1').includes(groupInHex);
  const socket = await bind({ type: 'udp4' });
  socket.addMembership(group, '127.0.0.1');
  assert.ok(joined());
  await socket.close();
  assert.not(joined());
});

test('the interface can be left to the system', async () => {
  const four = await bind({ type: 'udp4' });
  const six = await bind({ type: 'udp6' });
  four.setMulticastInterface('0.0.0.0');
  six.setMulticastInterface('::%');
  six.setMulticastInterface('::');
  await closeAll(four, six);
});

test('what is no group, address or interface is refused at once', async () => {
  const four = await bind({ type: 'udp4' });
  const six = await bind({ type: 'udp6' });
  const noInterface = onWindows ? await codeOfNode((socket) => socket.addMembership(group, '192.0.2.1')) : 'ENODEV';
  const wrong: [() => void, string][] = [
    [() => four.addMembership(undefined as never), 'ERR_INVALID_ARG_TYPE'],
    [() => four.addMembership('nonsense'), 'ERR_INVALID_ARG_VALUE'],
    [() => four.addMembership(group6), 'ERR_INVALID_ARG_VALUE'],
    [() => four.addMembership('127.0.0.1'), 'EINVAL'],
    [() => four.addMembership(group, 'lo'), 'ERR_INVALID_ARG_VALUE'],
    [() => four.addMembership(group, '192.0.2.1'), noInterface],
    [() => four.addSourceSpecificMembership(5 as never, group), 'ERR_INVALID_ARG_TYPE'],
    [() => four.addSourceSpecificMembership('::1', group), 'ERR_INVALID_ARG_VALUE'],
    [() => four.setMulticastInterface('nonsense'), 'ERR_INVALID_ARG_VALUE'],
    [() => four.setMulticastInterface(5 as never), 'ERR_INVALID_ARG_TYPE'],
    [() => six.addMembership(group), 'ERR_INVALID_ARG_VALUE'],
    [() => six.addMembership(group6, '::%nosuchinterface'), 'ERR_INVALID_ARG_VALUE'],
    [() => six.setMulticastInterface('::%nosuchinterface'), 'ERR_INVALID_ARG_VALUE'],
    [() => six.setMulticastInterface('127.0.0.1'), 'ERR_INVALID_ARG_VALUE'],
  ];
  for (const [act, code] of wrong) assert.throws(act, (error: Failure) => error.code === code, `${act} ${code}`);
  await closeAll(four, six);
});

test.run();
