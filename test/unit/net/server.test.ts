import { connect as nodeConnect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mostUntaken } from '../../../src/net/acceptor.ts';
import { connect, listen, type Socket } from '../../../src/net/index.ts';
import { connection, targetOf } from '../../support/connections.ts';
import { deadline, macrotask, pause, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { listenersOf } from '../../support/listeners.ts';
import { rejected } from '../../support/rejection.ts';
import { testExceptOnWine } from '../../support/windows-differences.ts';

const local = { host: '127.0.0.1' };

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
  const before = openDescriptors().size;
  const first = server.accept();
  const near: Socket[] = [];
  for (let index = 0; index < count; index++) near.push(await connect(targetOf(server)));
  const taken = (): number => openDescriptors().size - before - count;
  await until(() => taken() >= 1 + mostUntaken, 'connections to be accepted');
  // The one that was taken, those that wait, and the few that came before the kernel had stopped.
  assert.ok(taken() < 2 * mostUntaken, `${taken()} accepted`);
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

test('accepted sockets are given the options of the server', async () => {
  const { near, far, close } = await connection('tcp', { noDelay: true, keepAlive: true, keepAliveInitialDelay: 2000 });
  await near.write('x');
  assert.is((await far.read()).toString(), 'x');
  await close();
});

testExceptOnWine(
  'acceptsOfResetsFail',
  'a client of Node that is gone before it is accepted does no harm',
  async () => {
    const server = await listen(local);
    const { port } = server.address() as { port: number };
    await new Promise<void>((resolve) => {
      const client = nodeConnect(port, '127.0.0.1', () => {
        client.resetAndDestroy();
        resolve();
      });
      client.on('error', () => {});
    });
    const near = await connect(targetOf(server));
    // Linux gives out the one that is gone before the other; Windows may leave it out.
    for (let served = false; !served; ) {
      const far = await deadline(server.accept(), 'accept');
      served = far.remotePort === near.localPort;
      if (!served) await far.read().catch(() => {});
      await far.close();
    }
    await Promise.all([near.close(), server.close()]);
  },
);

test.run();
