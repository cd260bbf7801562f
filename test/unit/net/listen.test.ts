import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnoOf } from '../../../src/errors.ts';
import { connect, listen } from '../../../src/net/index.ts';
import { connection, localPath } from '../../support/connections.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { onlyOnLinux, onlyOnWindows, onWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { testExceptOnWine } from '../../support/windows-differences.ts';

const local = { host: '127.0.0.1' };
const directory = temporaryDirectory();

await (await connection()).close();

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
  assert.is(error.errno, errnoOf('EADDRINUSE'));
  assert.is((await rejected(listen({ host: '192.0.2.200' }))).code, 'EADDRNOTAVAIL');
  await assertSameDescriptors(before, 'a failed listen');
  await server.close();
  await (await listen({ ...local, port })).close();
});

onlyOnWindows('the system of Windows has nothing like SO_REUSEPORT')('reusePort is ENOTSUP', async () => {
  assert.is((await rejected(listen({ ...local, reusePort: true }))).code, 'ENOTSUP');
});

onlyOnLinux('Windows has nothing like SO_REUSEPORT')('reusePort lets two servers share a port', async () => {
  const one = await listen({ ...local, reusePort: true });
  const { port } = one.address() as { port: number };
  const other = await listen({ ...local, port, reusePort: true });
  await Promise.all([one.close(), other.close()]);
});

testExceptOnWine('noUnixSockets', 'the file of a Unix server is removed on close', async () => {
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

testExceptOnWine('noUnixSockets', 'a file somebody else made in the meantime stays', async () => {
  const path = join(directory, 'two.sock');
  const server = await listen({ path });
  rmSync(path);
  writeFileSync(path, 'not a socket');
  await server.close();
  assert.ok(existsSync(path));
});

testExceptOnWine('noUnixSockets', 'a stale socket file is in use, as for Node', async () => {
  const path = join(directory, 'stale.sock');
  writeFileSync(path, '');
  assert.is((await rejected(listen({ path }))).code, 'EADDRINUSE');
  assert.is((await rejected(connect({ path }))).code, 'ECONNREFUSED');
  assert.is((await rejected(listen({ path: join(directory, 'no', 'such') }))).code, 'ENOENT');
});

test('a name without a file is listened on and leaves no file', async () => {
  const path = localPath();
  const server = await listen(path);
  assert.is(server.address(), path);
  const [near, far] = await Promise.all([connect(path), server.accept()]);
  await far.write('abstract');
  assert.is((await near.read()).toString(), 'abstract');
  await Promise.all([near.close(), far.close(), server.close()]);
  assert.is((await rejected(connect(path))).code, onWindows ? 'ENOENT' : 'ECONNREFUSED');
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
  fails({ path: `\0${'x'.repeat(108)}` }, 'ERR_INVALID_ARG_VALUE', onWindows ? /null bytes/ : /108/);
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
