import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnoOf } from '../../../src/errors.ts';
import { connect, listen } from '../../../src/net/index.ts';
import { connection, fullServer, localPath, targetOf } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { listenersOf } from '../../support/listeners.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';

const local = { host: '127.0.0.1' };

async function freePort(): Promise<number> {
  const server = await listen(local);
  const { port } = server.address() as { port: number };
  await server.close();
  return port;
}

await (await connection()).close();

test('a refused connection is an error with the fields of Node', async () => {
  const before = openDescriptors();
  const port = await freePort();
  const error = (await rejected(connect({ ...local, port }))) as NodeJS.ErrnoException & {
    address: string;
    port: number;
  };
  assert.is(error.message, `connect ECONNREFUSED 127.0.0.1:${port}`);
  assert.is(error.code, 'ECONNREFUSED');
  assert.is(error.syscall, 'connect');
  assert.is(error.address, '127.0.0.1');
  assert.is(error.port, port);
  assert.is(error.errno, errnoOf('ECONNREFUSED'));
  await assertSameDescriptors(before, 'a refused connection');
});

test('a local path that is not there is an error with its path as address', async () => {
  const path = onWindows ? localPath() : '/tmp/no such socket';
  const error = (await rejected(connect({ path }))) as NodeJS.ErrnoException & { address: string };
  assert.is(error.code, 'ENOENT');
  assert.is(error.syscall, 'connect');
  assert.is(error.address, path);
  assert.is((error as { port?: number }).port, undefined);
});

test('a name that has no address is not found', async () => {
  const error = (await rejected(connect({ host: 'no.such.invalid', port: 1 }))) as NodeJS.ErrnoException & {
    hostname: string;
  };
  assert.is(error.code, 'ENOTFOUND');
  assert.is(error.syscall, 'getaddrinfo');
  assert.is(error.hostname, 'no.such.invalid');
});

test('localhost is the default host, and a port may be a string', async () => {
  const server = await listen({ host: 'localhost' });
  const { port } = server.address() as { port: number };
  const [one, two, three] = await Promise.all([
    connect({ port: String(port) }),
    connect(port),
    connect(port, 'localhost'),
  ]);
  for (const socket of [one, two, three]) {
    assert.is(socket.remotePort, port);
    await socket.close();
  }
  await server.close();
});

test('a hung connect is taken back in the kernel and its socket closed', async () => {
  const full = await fullServer();
  const before = openDescriptors();
  const abort = new AbortController();
  const reason = new Error('too slow');
  const pending = connect({ ...targetOf(full.server), signal: abort.signal });
  await pause(50);
  abort.abort(reason);
  assert.is(await rejected(pending), reason);
  assert.is(listenersOf(abort.signal), 0);
  await assertSameDescriptors(before, 'an aborted connect');
  await full.close();
});

test('a hung connect ends with its deadline', async () => {
  const full = await fullServer();
  const before = openDescriptors();
  const error = await rejected(connect({ ...targetOf(full.server), timeoutMs: 40 }));
  assert.is(error.name, 'TimeoutError');
  assert.match(error.message, '40 ms');
  await assertSameDescriptors(before, 'a connect that took too long');
  await full.close();
});

test('many hung connects are taken back with one signal', async () => {
  const full = await fullServer();
  const before = openDescriptors();
  const abort = new AbortController();
  const pending = Array.from({ length: 50 }, () => connect({ ...targetOf(full.server), signal: abort.signal }));
  await pause(20);
  abort.abort('all');
  const settled = await deadline(Promise.allSettled(pending), 'fifty aborted connects');
  for (const one of settled) {
    if (one.status === 'rejected') assert.is(one.reason, 'all');
    else await one.value.close();
  }
  await assertSameDescriptors(before, 'fifty aborted connects');
  await full.close();
});

test('told before the kernel has confirmed, a connect still leaves no socket', async () => {
  const full = await fullServer();
  const before = openDescriptors();
  const abort = new AbortController();
  const options = { ...targetOf(full.server), signal: abort.signal, detachAfterMs: 0 };
  const pending = Array.from({ length: 20 }, () => connect(options));
  await pause(20);
  abort.abort('now');
  const settled = await deadline(Promise.allSettled(pending), 'twenty aborted connects');
  for (const one of settled) {
    if (one.status === 'rejected') assert.is(one.reason, 'now');
    else await one.value.close();
  }
  await assertSameDescriptors(before, 'aborted connects told at once');
  await full.close();
});

const withBacklog = onlyOnLinux('a named pipe has no backlog: who finds an instance has connected');
withBacklog('a hung connect to a Unix socket is taken back', async () => {
  const server = await listen({ path: localPath(), backlog: 0 });
  const first = await connect(targetOf(server));
  const before = openDescriptors();
  const abort = new AbortController();
  const pending = connect({ ...targetOf(server), signal: abort.signal });
  await pause(20);
  abort.abort('gone');
  assert.is(await rejected(pending), 'gone' as never);
  await assertSameDescriptors(before, 'an aborted connect to a Unix socket');
  await Promise.all([first.close(), server.close()]);
});

test('aborted before, nothing is connected', async () => {
  // Before the server: on Windows an accept has sockets of its own, until the server is closed.
  const before = openDescriptors();
  const server = await listen(local);
  assert.is(await rejected(connect({ ...targetOf(server), signal: AbortSignal.abort('no') })), 'no' as never);
  assert.is((await rejected(connect({ ...targetOf(server), timeoutMs: 0 }))).name, 'TimeoutError');
  assert.is((await rejected(server.accept({ timeoutMs: 30 }))).name, 'TimeoutError', 'nobody connected');
  await server.close();
  await assertSameDescriptors(before, 'aborted before');
});

test('an abort at any moment leaves a connection or a closed socket', async () => {
  const before = openDescriptors();
  const server = await listen(local);
  const accepting = (async () => {
    for await (const socket of server) void socket.close();
  })();
  let connected = 0;
  let aborted = 0;
  for (let round = 0; round < 300; round++) {
    const abort = new AbortController();
    const pending = connect({ ...targetOf(server), signal: abort.signal });
    for (let turn = 0; turn < round % 12; turn++) await Promise.resolve();
    if (round % 3 === 0) setImmediate(() => abort.abort('now'));
    else abort.abort('now');
    const [outcome] = await deadline(Promise.allSettled([pending]), 'an aborted connect');
    if (outcome.status === 'fulfilled') {
      connected++;
      await outcome.value.close();
    } else {
      aborted++;
      assert.is(outcome.reason, 'now');
    }
  }
  assert.ok(connected + aborted === 300 && aborted > 0, `${connected} connected, ${aborted} aborted`);
  await server.close();
  await accepting;
  await assertSameDescriptors(before, 'aborts at any moment');
});

test('the local address and port are chosen', async () => {
  const server = await listen({ host: '127.0.0.1' });
  const port = await freePort();
  const socket = await connect({ ...targetOf(server), localAddress: '127.0.0.2', localPort: port });
  assert.is(socket.localAddress, '127.0.0.2');
  assert.is(socket.localPort, port);
  const before = openDescriptors();
  const error = (await rejected(
    connect({ ...targetOf(server), localAddress: '192.0.2.77' }),
  )) as NodeJS.ErrnoException & { address: string };
  assert.is(error.code, 'EADDRNOTAVAIL');
  assert.is(error.syscall, 'bind');
  assert.is(error.address, '192.0.2.77');
  await assertSameDescriptors(before, 'a bind that failed');
  await Promise.all([socket.close(), server.close()]);
});

test('options of the connection are set', async () => {
  const server = await listen(local);
  const socket = await connect({ ...targetOf(server), noDelay: true, keepAlive: true, keepAliveInitialDelay: 3000 });
  await Promise.all([socket.close(), server.close()]);
});

test('an IPv6 address with its interface is connected to', async () => {
  const server = await listen({ host: '::1' });
  const { port } = server.address() as { port: number };
  const socket = await connect(port, '::1');
  assert.is(socket.remoteFamily, 'IPv6');
  await socket.close();
  assert.is((await rejected(connect(port, 'fe80::1%nosuchinterface'))).code, 'ERR_INVALID_ARG_VALUE');
  await server.close();
});

test('wrong arguments throw at once and name the value', () => {
  const fails = (options: unknown, code: string, words: RegExp): void =>
    assert.throws(
      () => void connect(options as never),
      (error: NodeJS.ErrnoException) => error.code === code && words.test(error.message),
    );
  fails({}, 'ERR_MISSING_ARGS', /port/);
  fails({ port: 65536 }, 'ERR_SOCKET_BAD_PORT', /65536/);
  fails({ port: 1.5 }, 'ERR_SOCKET_BAD_PORT', /1\.5/);
  fails({ port: null }, 'ERR_SOCKET_BAD_PORT', /null/);
  fails(-1, 'ERR_SOCKET_BAD_PORT', /-1/);
  fails({ port: 1, host: 'a\0b' }, 'ERR_INVALID_ARG_VALUE', /host/);
  fails({ port: 1, host: {} }, 'ERR_INVALID_ARG_TYPE', /host/);
  fails({ port: 1, family: 5 }, 'ERR_INVALID_ARG_VALUE', /family/);
  fails({ port: 1, hints: 1 }, 'ERR_INVALID_ARG_VALUE', /hints/);
  fails({ port: 1, localAddress: 'here' }, 'ERR_INVALID_ARG_VALUE', /localAddress/);
  fails({ port: 1, localPort: 70000 }, 'ERR_SOCKET_BAD_PORT', /70000/);
  fails({ port: 1, noDelay: 1 }, 'ERR_INVALID_ARG_TYPE', /noDelay/);
  fails({ port: 1, keepAliveInitialDelay: -1 }, 'ERR_OUT_OF_RANGE', /keepAliveInitialDelay/);
  fails({ port: 1, autoSelectFamily: 1 }, 'ERR_INVALID_ARG_TYPE', /autoSelectFamily/);
  fails({ port: 1, autoSelectFamilyAttemptTimeout: 0 }, 'ERR_OUT_OF_RANGE', /AttemptTimeout/);
  fails({ port: 1, timoutMs: 5 }, 'ERR_INVALID_ARG_VALUE', /timeoutMs/);
  fails({ port: 1, detachAfterMs: 'x' }, 'ERR_INVALID_ARG_TYPE', /detachAfterMs/);
  fails({ path: 'a\0b' }, 'ERR_INVALID_ARG_VALUE', /path/);
  fails({ path: 'é'.repeat(54) }, 'ERR_INVALID_ARG_VALUE', /107/);
  fails(null, 'ERR_INVALID_ARG_TYPE', /options/);
});

test.run();
