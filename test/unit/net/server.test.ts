import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect as nodeConnect } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mostUntaken } from '../../../src/net/acceptor.ts';
import { connect, listen, type Socket } from '../../../src/net/index.ts';
import { abstractPath, connection, targetOf } from '../../support/connections.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { listenersOf } from '../../support/listeners.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const local = { host: '127.0.0.1' };
const directory = temporaryDirectory();

async function rejected(promise: Promise<unknown>): Promise<Error & NodeJS.ErrnoException> {
  try {
    await deadline(promise, 'a promise that should reject');
  } catch (error) {
    return error as Error;
  }
  throw new Error('it should have rejected');
}

await (await connection()).close();

test('accepts wait in line and get the connections in the order of the calls', async () => {
  const server = await listen(local);
  const accepted: number[] = [];
  const accepts = Array.from({ length: 5 }, (_, index) =>
    server.accept().then((socket) => {
      accepted.push(index);
      return socket;
    }),
  );
  const near = await Promise.all(Array.from({ length: 5 }, () => connect(targetOf(server))));
  const far = await Promise.all(accepts);
  assert.equal(accepted, [0, 1, 2, 3, 4]);
  await Promise.all([...near, ...far].map((socket) => socket.close()));
  await server.close();
});

test('an accept that is aborted has taken no connection', async () => {
  const server = await listen(local);
  const abort = new AbortController();
  const reason = new Error('changed my mind');
  const pending = Array.from({ length: 10 }, () => server.accept({ signal: abort.signal }));
  await pause(2);
  assert.is(listenersOf(abort.signal), 1);
  abort.abort(reason);
  for (const one of pending) assert.is(await rejected(one), reason);
  assert.is(listenersOf(abort.signal), 0);
  const near = await connect(targetOf(server));
  const far = await deadline(server.accept(), 'accept after abort');
  await near.write('x');
  assert.is((await far.read()).toString(), 'x');
  await Promise.all([near.close(), far.close(), server.close()]);
});

test('an accept ends with its deadline, and with a signal aborted before', async () => {
  const server = await listen(local);
  assert.is((await rejected(server.accept({ timeoutMs: 10 }))).name, 'TimeoutError');
  assert.is((await rejected(server.accept({ timeoutMs: 0 }))).name, 'TimeoutError');
  assert.is(await rejected(server.accept({ signal: AbortSignal.abort('before') })), 'before' as never);
  await server.close();
});

test('connections nobody asked for are kept, and closed with the server', async () => {
  const before = openDescriptors();
  const server = await listen(local);
  const [first] = await Promise.all([server.accept(), connect(targetOf(server)).then((socket) => socket.close())]);
  const near = await Promise.all(Array.from({ length: 10 }, () => connect(targetOf(server))));
  await pause(20);
  const taken = await server.accept();
  assert.is(taken.remotePort, near[0]?.localPort);
  await server.close();
  // All but the one that was taken are told.
  for (const socket of near.slice(1)) {
    const end = await deadline(
      socket.read().catch((error) => error.code),
      'the end of a connection nobody took',
    );
    assert.ok(end === 'ECONNRESET' || end.byteLength === 0);
  }
  await Promise.all([first, taken, ...near].map((socket) => socket.close()));
  await assertSameDescriptors(before, 'connections nobody took');
});

test('many connections come in while nobody accepts, and none is lost', async () => {
  const server = await listen({ ...local, backlog: 511 });
  const count = mostUntaken * 3 + 5;
  const first = server.accept();
  const near: Socket[] = [];
  for (let index = 0; index < count; index++) near.push(await connect(targetOf(server)));
  await pause(30);
  const far = [await first];
  while (far.length < count) far.push(await deadline(server.accept(), `accept ${far.length} of ${count}`));
  const ports = (sockets: Socket[], name: 'localPort' | 'remotePort'): (number | undefined)[] =>
    sockets.map((socket) => socket[name]).sort();
  assert.equal(ports(far, 'remotePort'), ports(near, 'localPort'));
  await Promise.all([...near, ...far].map((socket) => socket.close()));
  await server.close();
});

test('closing rejects who waits, and who comes later', async () => {
  const before = openDescriptors();
  const server = await listen(local);
  const pending = [server.accept(), server.accept({ timeoutMs: 10_000 })];
  await pause(2);
  const closed = server.close();
  assert.is(server.close(), closed);
  assert.is(server.address(), null);
  assert.not(server.listening);
  for (const one of pending) {
    const error = await rejected(one);
    assert.is(error.code, 'ECANCELED');
    assert.is(error.syscall, 'accept');
  }
  assert.is((await rejected(server.accept())).code, 'EBADF');
  await closed;
  assert.is((await rejected(server.accept())).code, 'EBADF');
  await assertSameDescriptors(before, 'after close');
});

test('a loop over connections ends when the server is closed', async () => {
  const server = await listen(local);
  const served: Promise<unknown>[] = [];
  const loop = (async () => {
    for await (const socket of server) served.push(socket.write('hi').then(() => socket.close()));
  })();
  for (let index = 0; index < 3; index++) {
    const near = await connect(targetOf(server));
    assert.is((await near.read()).toString(), 'hi');
    await near.close();
  }
  await server.close();
  await deadline(loop, 'the loop');
  await Promise.all(served);
  assert.is(served.length, 3);
});

test('a loop over connections can be aborted, and the server goes on', async () => {
  const server = await listen(local);
  const abort = new AbortController();
  const loop = (async () => {
    for await (const socket of server.connections({ signal: abort.signal })) await socket.close();
  })();
  await macrotask();
  abort.abort('stop');
  assert.is(await rejected(loop), 'stop' as never);
  const [near, far] = await Promise.all([connect(targetOf(server)), server.accept()]);
  await Promise.all([near.close(), far.close(), server.close()]);
});

test('without a host both families are served, with ipv6Only one', async () => {
  const both = await listen({ port: 0 });
  const { port, address, family } = both.address() as { port: number; address: string; family: string };
  assert.is(address, '::');
  assert.is(family, 'IPv6');
  for (const host of ['127.0.0.1', '::1']) {
    const [far, near] = await Promise.all([both.accept(), connect({ port, host })]);
    assert.is(near.remoteAddress, host);
    assert.is(far.remoteAddress, host === '::1' ? '::1' : '::ffff:127.0.0.1');
    await Promise.all([far.close(), near.close()]);
  }
  await both.close();
  const only = await listen({ host: '::', ipv6Only: true });
  const target = (only.address() as { port: number }).port;
  assert.is((await rejected(connect({ port: target, host: '127.0.0.1' }))).code, 'ECONNREFUSED');
  const near = await connect({ port: target, host: '::1' });
  await Promise.all([near.close(), only.close()]);
});

test('a host name is listened on', async () => {
  const server = await listen({ host: 'localhost' });
  const { address } = server.address() as { address: string };
  assert.ok(address === '127.0.0.1' || address === '::1', address);
  await server.close();
  assert.is((await rejected(listen({ host: 'no.such.invalid' }))).code, 'ENOTFOUND');
});

test('a port in use is an error with the fields of Node, and leaves no socket', async () => {
  const server = await listen(local);
  const before = openDescriptors();
  const { port } = server.address() as { port: number };
  const error = (await rejected(listen({ ...local, port }))) as NodeJS.ErrnoException & {
    address: string;
    port: number;
  };
  assert.is(error.code, 'EADDRINUSE');
  assert.is(error.syscall, 'listen');
  assert.is(error.address, '127.0.0.1');
  assert.is(error.port, port);
  assert.is(error.errno, -98);
  assert.is((await rejected(listen({ host: '192.0.2.200' }))).code, 'EADDRNOTAVAIL');
  await assertSameDescriptors(before, 'a failed listen');
  await server.close();
  await (await listen({ ...local, port })).close();
});

test('reusePort lets two servers share a port', async () => {
  const one = await listen({ ...local, reusePort: true });
  const { port } = one.address() as { port: number };
  const other = await listen({ ...local, port, reusePort: true });
  await Promise.all([one.close(), other.close()]);
});

test('accepted sockets are given the options of the server', async () => {
  const { near, far, close } = await connection('tcp', { noDelay: true, keepAlive: true, keepAliveInitialDelay: 2000 });
  await near.write('x');
  assert.is((await far.read()).toString(), 'x');
  await close();
});

test('the file of a Unix server is removed on close', async () => {
  const path = join(directory, 'one.sock');
  const server = await listen({ path });
  assert.is(server.address(), path);
  assert.ok(existsSync(path));
  const error = (await rejected(listen({ path }))) as NodeJS.ErrnoException & { address: string };
  assert.is(error.code, 'EADDRINUSE');
  assert.is(error.syscall, 'listen');
  assert.is(error.address, path);
  await server.close();
  assert.not(existsSync(path));
});

test('a file somebody else made in the meantime stays', async () => {
  const path = join(directory, 'two.sock');
  const server = await listen({ path });
  rmSync(path);
  writeFileSync(path, 'not a socket');
  await server.close();
  assert.ok(existsSync(path));
});

test('a stale socket file is in use, as for Node', async () => {
  const path = join(directory, 'stale.sock');
  writeFileSync(path, '');
  assert.is((await rejected(listen({ path }))).code, 'EADDRINUSE');
  assert.is((await rejected(connect({ path }))).code, 'ECONNREFUSED');
  assert.is((await rejected(listen({ path: join(directory, 'no', 'such') }))).code, 'ENOENT');
});

test('an abstract name is listened on and leaves no file', async () => {
  const path = abstractPath();
  const server = await listen(path);
  assert.is(server.address(), path);
  const [near, far] = await Promise.all([connect(path), server.accept()]);
  await far.write('abstract');
  assert.is((await near.read()).toString(), 'abstract');
  await Promise.all([near.close(), far.close(), server.close()]);
  assert.is((await rejected(connect(path))).code, 'ECONNREFUSED');
});

test('a client of Node that is gone before it is accepted does no harm', async () => {
  const server = await listen(local);
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => {
    const client = nodeConnect(port, '127.0.0.1', () => {
      client.resetAndDestroy();
      resolve();
    });
    client.on('error', () => {});
  });
  const far = await deadline(server.accept(), 'accept');
  await far.read().catch(() => {});
  await Promise.all([far.close(), server.close()]);
});

test('an aborted listen listens on nothing', async () => {
  const before = openDescriptors();
  assert.is(await rejected(listen({ ...local, signal: AbortSignal.abort('no') })), 'no' as never);
  assert.is((await rejected(listen({ ...local, timeoutMs: 0 }))).name, 'TimeoutError');
  await assertSameDescriptors(before, 'an aborted listen');
});

test('wrong arguments throw at once and name the value', () => {
  const fails = (options: unknown, code: string, words: RegExp): void =>
    assert.throws(
      () => void listen(options as never),
      (error: NodeJS.ErrnoException) => error.code === code && words.test(error.message),
    );
  fails({ port: 65536 }, 'ERR_SOCKET_BAD_PORT', /65536/);
  fails({ port: -1 }, 'ERR_SOCKET_BAD_PORT', /-1/);
  fails({ port: 'http' }, 'ERR_SOCKET_BAD_PORT', /http/);
  fails({ host: 5 }, 'ERR_INVALID_ARG_TYPE', /host/);
  fails({ host: 'a\0b' }, 'ERR_INVALID_ARG_VALUE', /host/);
  fails({ path: 'a\0b' }, 'ERR_INVALID_ARG_VALUE', /path/);
  fails({ path: '' }, 'ERR_INVALID_ARG_VALUE', /path/);
  fails({ path: 'x'.repeat(108) }, 'ERR_INVALID_ARG_VALUE', /107/);
  fails({ path: `\0${'x'.repeat(108)}` }, 'ERR_INVALID_ARG_VALUE', /108/);
  fails({ path: 7 }, 'ERR_INVALID_ARG_TYPE', /path/);
  fails({ backlog: -1 }, 'ERR_OUT_OF_RANGE', /backlog/);
  fails({ backlog: '5' }, 'ERR_INVALID_ARG_TYPE', /backlog/);
  fails({ ipv6Only: 1 }, 'ERR_INVALID_ARG_TYPE', /ipv6Only/);
  fails({ backlogs: 1 }, 'ERR_INVALID_ARG_VALUE', /backlog/);
  fails({ signal: 1 }, 'ERR_INVALID_ARG_TYPE', /AbortSignal/);
  fails(null, 'ERR_INVALID_ARG_TYPE', /options/);
  fails(true, 'ERR_INVALID_ARG_TYPE', /options/);
});

test.run();
