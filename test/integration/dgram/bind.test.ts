// Of src/dgram/create.ts and src/dgram/bind-handle.ts.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, createSocket } from '../../../src/dgram/index.ts';
import { deadline } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { onlyOnLinux, onlyOnWindows, onWindows } from '../../support/platforms.ts';
import { onWine } from '../../support/windows-differences.ts';

type Failure = NodeJS.ErrnoException & { address?: string; port?: number };

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await deadline(promise, 'the call');
  } catch (error) {
    return error as Failure;
  }
  throw new Error('did not fail');
}

test('without options the system chooses a port on every IPv4 address', async () => {
  const socket = await bind();
  const { address, family, port } = socket.address();
  assert.is(address, '0.0.0.0');
  assert.is(family, 'IPv4');
  assert.ok(port > 0);
  assert.is(socket.type, 'udp4');
  assert.ok(socket.fd >= 0);
  await socket.close();
});

test('an IPv6 address makes an IPv6 socket', async () => {
  const socket = await bind({ address: '::1' });
  assert.is(socket.type, 'udp6');
  assert.is(socket.address().address, '::1');
  assert.is(socket.address().family, 'IPv6');
  await socket.close();
});

test('a host name can be bound', async () => {
  const socket = await bind({ address: 'localhost', type: 'udp4' });
  assert.is(socket.address().address, '127.0.0.1');
  await socket.close();
});

test('a taken address fails with EADDRINUSE and its fields', async () => {
  const first = await bind({ address: '127.0.0.1' });
  const { port } = first.address();
  const before = openDescriptors();
  const error = await failureOf(bind({ address: '127.0.0.1', port }));
  assert.is(error.code, 'EADDRINUSE');
  assert.is(error.syscall, 'bind');
  assert.is(error.address, '127.0.0.1');
  assert.is(error.port, port);
  assert.is(error.message, `bind EADDRINUSE 127.0.0.1:${port}`);
  await assertSameDescriptors(before, 'a failed bind');
  await first.close();
});

test('an address of another machine fails with EADDRNOTAVAIL, one of the other family with EINVAL', async () => {
  const before = openDescriptors();
  if (!onWine('datagramSocketsTakeInterfaces')) {
    assert.is((await failureOf(bind({ address: '192.0.2.1' }))).code, 'EADDRNOTAVAIL');
  }
  assert.is((await failureOf(bind({ type: 'udp6', address: '127.0.0.1' }))).code, 'EINVAL');
  await assertSameDescriptors(before, 'a failed bind');
});

const sharing = { reuseAddr: test, reusePort: onlyOnLinux('Windows has nothing like SO_REUSEPORT') };
for (const [name, testSharing] of Object.entries(sharing)) {
  testSharing(`${name} lets two sockets have one address`, async () => {
    const options = { address: '127.0.0.1', [name]: true };
    const first = await bind(options);
    const second = await bind({ ...options, port: first.address().port });
    assert.equal(second.address(), first.address());
    await first.close();
    await second.close();
  });
}

onlyOnWindows('Linux has SO_REUSEPORT')('reusePort is ENOTSUP, and leaves no socket', async () => {
  const before = openDescriptors();
  assert.is((await failureOf(bind({ reusePort: true }))).code, 'ENOTSUP');
  await assertSameDescriptors(before, 'a bind with reusePort');
});

test('ipv6Only leaves the port free for IPv4', async () => {
  const six = await bind({ type: 'udp6', ipv6Only: true });
  const { port } = six.address();
  const four = await bind({ type: 'udp4', port });
  assert.is((await failureOf(bind({ type: 'udp4', port }))).code, 'EADDRINUSE');
  await six.close();
  await four.close();
});

test('buffer sizes are set before anything arrives', async () => {
  const socket = await bind({ recvBufferSize: 20_000, sendBufferSize: 30_000 });
  // Linux doubles them, for its own accounts.
  const factor = onWindows ? 1 : 2;
  assert.is(socket.getRecvBufferSize(), 20_000 * factor);
  assert.is(socket.getSendBufferSize(), 30_000 * factor);
  await socket.close();
});

test('a socket of createSocket is bound later, once', async () => {
  const socket = await createSocket({ type: 'udp4' });
  assert.throws(
    () => socket.address(),
    (error: Failure) => error.code === 'EBADF' && error.syscall === 'getsockname',
  );
  await socket.bind(0, '127.0.0.1');
  assert.is(socket.address().address, '127.0.0.1');
  assert.throws(
    () => socket.bind(0),
    (error: Failure) => error.code === 'ERR_SOCKET_ALREADY_BOUND',
  );
  await socket.close();
});

test('binding twice at once is refused while a name is looked up', async () => {
  const socket = await createSocket('udp4');
  const first = socket.bind({ address: 'localhost' });
  assert.throws(
    () => socket.bind(),
    (error: Failure) => error.code === 'ERR_SOCKET_ALREADY_BOUND',
  );
  await first;
  await socket.close();
});

test('after a failed bind the socket can be bound elsewhere', async () => {
  const taken = await bind({ address: '127.0.0.1' });
  const socket = await createSocket('udp4');
  const { port } = taken.address();
  assert.is((await failureOf(socket.bind({ port, address: '127.0.0.1' }))).code, 'EADDRINUSE');
  await socket.bind({ address: '127.0.0.1' });
  assert.ok(socket.bound);
  await taken.close();
  await socket.close();
});

test('an aborted signal opens nothing', async () => {
  const before = openDescriptors();
  const reason = new Error('no');
  const signal = AbortSignal.abort(reason);
  for (const make of [
    () => bind({ signal }),
    () => bind({ signal, address: 'localhost' }),
    () => createSocket({ type: 'udp4', signal }),
  ]) {
    assert.is(await failureOf(make()), reason);
  }
  const socket = await createSocket('udp4');
  assert.is(await failureOf(socket.bind({ signal })), reason);
  assert.not(socket.bound);
  await socket.close();
  await assertSameDescriptors(before, 'aborted binds');
});

test('aborted at once, a bind leaves no socket', async () => {
  const before = openDescriptors();
  for (let round = 0; round < 50; round++) {
    const controller = new AbortController();
    const reason = new Error(`round ${round}`);
    const bound = bind({ address: round % 2 === 0 ? '127.0.0.1' : 'localhost', signal: controller.signal });
    if (round % 3 === 0) controller.abort(reason);
    else if (round % 3 === 1) queueMicrotask(() => controller.abort(reason));
    else setImmediate(() => controller.abort(reason));
    // A bind that was done before the abort reached it is a socket.
    await bound.then(
      (socket) => socket.close(),
      (error: unknown) => assert.is(error, reason),
    );
  }
  await assertSameDescriptors(before, 'aborted binds');
});

test('a deadline of no time rejects with TimeoutError', async () => {
  const error = await failureOf(bind({ timeoutMs: 0 }));
  assert.is(error.name, 'TimeoutError');
  assert.instance(error, DOMException);
});

test.run();
