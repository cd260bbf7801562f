// Sockets against node:net, back-pressure, and many at a time.

import { createHash } from 'node:crypto';
import { createServer, type Socket as NodeSocket, connect as nodeConnect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connect, listen, type Socket } from '../../../src/net/index.ts';
import { connection, numbered, readAll, type Transport, targetOf } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';

const megabyte = 1024 * 1024;

await (await connection()).close();

async function echo(socket: Socket): Promise<void> {
  const buffer = Buffer.alloc(64 * 1024);
  for (let count = await socket.read(buffer); count > 0; count = await socket.read(buffer)) {
    await socket.write(buffer.subarray(0, count));
  }
  await socket.close();
}

for (const transport of ['tcp', 'local'] as Transport[]) {
  test(`${transport}: 50 MB arrive as they were sent, though the reader is slow to begin`, async () => {
    const { near, far, endNear, close } = await connection(transport);
    const total = 50 * megabyte;
    const digest = createHash('sha256');
    let sent = 0;
    const writing = (async () => {
      while (sent < total) {
        const piece = numbered(sent, Math.min(777_776, total - sent));
        sent += await near.write(piece);
      }
      await endNear();
    })();
    await pause(50);
    assert.ok(sent < total / 2, `the writer waits for the reader: ${sent} bytes sent`);
    const buffer = Buffer.alloc(300_001);
    let received = 0;
    for (let count = await far.read(buffer); count > 0; count = await far.read(buffer)) {
      digest.update(buffer.subarray(0, count));
      received += count;
    }
    await writing;
    assert.is(received, total);
    const expected = createHash('sha256');
    for (let at = 0; at < total; at += megabyte) expected.update(numbered(at, megabyte));
    assert.is(digest.digest('hex'), expected.digest('hex'));
    await close();
  });
}

test('1,000 sockets at a time, each with a pending read, echo and are taken back', async () => {
  const before = openDescriptors();
  const server = await listen({ host: '127.0.0.1', backlog: 1024 });
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const socket of server) serving.push(echo(socket));
  })();
  const sockets = await Promise.all(Array.from({ length: 1000 }, () => connect(targetOf(server))));
  for (let round = 0; round < 3; round++) {
    const answers = sockets.map((socket) => socket.read());
    await Promise.all(sockets.map((socket, index) => socket.write(`${round}:${index}`)));
    const texts = (await deadline(Promise.all(answers), 'a thousand answers')).map(String);
    assert.equal(
      texts,
      sockets.map((_, index) => `${round}:${index}`),
    );
  }
  const abort = new AbortController();
  const pending = sockets.map((socket) => socket.read({ signal: abort.signal }));
  await pause(5);
  abort.abort('enough');
  const settled = await deadline(Promise.allSettled(pending), 'a thousand aborted reads');
  assert.ok(settled.every((one) => one.status === 'rejected' && one.reason === 'enough'));
  await Promise.all(sockets.map((socket) => socket.close()));
  await deadline(Promise.all(serving), 'the other ends');
  await server.close();
  await accepting;
  await assertSameDescriptors(before, 'a thousand sockets');
});

test('a server of Node reads what we write and we read what it writes', async () => {
  const received: Buffer[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('end', () => socket.end(numbered(0, 3 * megabyte)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const socket = await connect(port, '127.0.0.1');
  await socket.writev([numbered(0, megabyte), numbered(megabyte, megabyte)]);
  await socket.shutdown();
  const answer = await deadline(readAll(socket), 'the answer');
  assert.ok(Buffer.concat(received).equals(numbered(0, 2 * megabyte)));
  assert.ok(answer.equals(numbered(0, 3 * megabyte)));
  await socket.close();
  await new Promise((resolve) => server.close(resolve));
});

test('a client of Node speaks with a server of ours', async () => {
  const server = await listen({ port: 0 });
  const { port } = server.address() as { port: number };
  const client: NodeSocket = nodeConnect({ port, host: 'localhost', allowHalfOpen: true });
  const socket = await server.accept();
  const chunks: Buffer[] = [];
  client.on('data', (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => client.once('end', resolve));
  client.end(numbered(0, 2 * megabyte));
  const got = await deadline(readAll(socket), 'what the client sent');
  assert.ok(got.equals(numbered(0, 2 * megabyte)));
  await socket.write(numbered(0, 2 * megabyte));
  await socket.shutdown();
  await deadline(ended, 'the end at the client');
  assert.ok(Buffer.concat(chunks).equals(numbered(0, 2 * megabyte)));
  client.destroy();
  await Promise.all([socket.close(), server.close()]);
});

test('a connection Node resets is an error to whoever reads', async () => {
  const server = await listen({ host: '127.0.0.1' });
  const { port } = server.address() as { port: number };
  const client = nodeConnect(port, '127.0.0.1');
  client.on('error', () => {});
  const socket = await server.accept();
  const pending = socket.read().catch((error) => error);
  await pause(5);
  client.resetAndDestroy();
  const error = (await deadline(pending, 'the read')) as NodeJS.ErrnoException;
  assert.is(error.code, 'ECONNRESET');
  assert.is(error.message, 'read ECONNRESET');
  await Promise.all([socket.close(), server.close()]);
});

test('both directions of a socket work at the same time', async () => {
  const { near, far, close } = await connection();
  const total = 8 * megabyte;
  const both = [near, far].map(async (socket) => {
    const writing = socket.write(numbered(0, total)).then(() => socket.shutdown());
    const got = await readAll(socket);
    await writing;
    return got.equals(numbered(0, total));
  });
  assert.equal(await deadline(Promise.all(both), 'both directions'), [true, true]);
  await close();
});

test.run();
