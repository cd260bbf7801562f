import { createServer, type Server as NodeServer, type Socket as NodeSocket, connect as nodeConnect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnoOf } from '../../../src/errors.ts';
import { connect, listen, type Server } from '../../../src/net/index.ts';
import { connection, fill, localPath, targetOf } from '../../support/connections.ts';
import { pause } from '../../support/deadline.ts';
import { onWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { untilArrived } from '../../support/tcp-queues.ts';
import { testExceptOnWine } from '../../support/windows-differences.ts';

type Fields = Record<string, unknown>;

const fieldsOf = (error: Error): Fields => ({ ...error, message: error.message });

/** The error a socket or server of Node comes to. */
function nodeError(emitter: NodeSocket | NodeServer): Promise<Fields> {
  return new Promise((resolve) => emitter.once('error', (error: Error) => resolve(fieldsOf(error))));
}

/** The fields without the number of the system itself, which operations on Windows have besides Node's. */
async function ours(promise: Promise<unknown>): Promise<Fields> {
  const { native, ...fields } = fieldsOf(await rejected(promise));
  assert.ok(native === undefined || (onWindows && typeof native === 'number'), String(native));
  return fields;
}

const portOf = (server: Server): number => (server.address() as { port: number }).port;

test('a refused connection', async () => {
  const server = await listen({ host: '127.0.0.1' });
  const options = { port: portOf(server), host: '127.0.0.1' };
  await server.close();
  assert.equal(await ours(connect(options)), await nodeError(nodeConnect(options)));
});

test('a local path nobody listens on', async () => {
  const path = onWindows ? localPath() : '/tmp/rescind there is no such socket';
  assert.equal(await ours(connect({ path })), await nodeError(nodeConnect({ path })));
});

test('a local address that is not ours', async () => {
  const options = { port: 9, host: '127.0.0.1', localAddress: '192.0.2.99' };
  assert.equal(await ours(connect(options)), await nodeError(nodeConnect(options)));
});

test('a name without an address', async () => {
  const options = { port: 9, host: 'no.such.invalid' };
  assert.equal(await ours(connect(options)), await nodeError(nodeConnect(options)));
});

test('an address in use, and one that is not ours', async () => {
  const server = await listen({ host: '127.0.0.1' });
  for (const options of [
    { host: '127.0.0.1', port: portOf(server) },
    { host: '192.0.2.99', port: 0 },
  ]) {
    assert.equal(await ours(listen(options)), await nodeError(createServer().listen(options)));
  }
  await server.close();
});

testExceptOnWine('noUnixSockets', 'a path whose directory is not there', async () => {
  const path = '/tmp/rescind no such directory/socket';
  // Node says EACCES, which it does for the sake of Windows, and gives the path a port of -1.
  assert.equal(await ours(listen({ path })), {
    message: `listen ENOENT: no such file or directory ${path}`,
    code: 'ENOENT',
    errno: errnoOf('ENOENT'),
    syscall: 'listen',
    address: path,
  });
});

test('a connection that was reset', async () => {
  const server = await listen({ host: '127.0.0.1' });
  const [near, far] = await Promise.all([connect(targetOf(server)), server.accept()]);
  const client = nodeConnect({ port: portOf(server), host: '127.0.0.1' });
  const other = await server.accept();
  const theirs = nodeError(client);
  // Closing with bytes nobody read resets.
  client.write('never read');
  await near.write('never read');
  await Promise.all([untilArrived(far), untilArrived(other)]);
  const pending = ours(near.read(Buffer.alloc(4)));
  await Promise.all([far.close(), other.close()]);
  assert.equal(await pending, await theirs);
  await Promise.all([near.close(), server.close()]);
});

test('a reset is the same error for a read without a buffer', async () => {
  const { near, far, close } = await connection();
  await near.write('never read');
  const pending = rejected(near.read());
  await untilArrived(far);
  await far.close();
  const error = await pending;
  assert.is(error.message, 'read ECONNRESET');
  assert.match(error.stack ?? '', 'read ECONNRESET');
  await close();
});

test('writing to a peer that is gone', async () => {
  const { near, far, close } = await connection('local');
  await far.close();
  assert.equal(await ours(near.write('x')), {
    message: 'write EPIPE',
    code: 'EPIPE',
    errno: errnoOf('EPIPE'),
    syscall: 'write',
  });
  assert.is((await rejected(near.writev([Buffer.alloc(1)]))).message, 'write EPIPE');
  await close();
  const tcp = await connection();
  await fill(tcp.near);
  const pending = tcp.near.write(Buffer.alloc(100)).catch((error) => error);
  await pause(5);
  await tcp.far.close();
  const outcome = await pending;
  if (typeof outcome !== 'number') assert.is(outcome.message, 'write ECONNRESET');
  await tcp.close();
});

test.run();
