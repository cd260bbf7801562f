// A server with 1,000 connections at a time: every one echoes numbered bytes of its own, some are taken back in
// between, and nothing of them stays.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../src/binding.ts';
import { connect, listen, type Server, type Socket } from '../../src/net/index.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { localPath, numbered, targetOf } from '../support/connections.ts';
import { deadline, until } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { warmRuntime } from '../support/warm.ts';

const connections = 1000;
const messages = 4;
const messageBytes = 512;
const reason = { why: 'the test says so' };

/** Sends back what comes until the other side has ended. */
async function echo(socket: Socket): Promise<void> {
  for (;;) {
    const bytes = await socket.read();
    if (bytes.byteLength === 0) break;
    await socket.write(bytes);
  }
  await socket.close();
}

async function serve(server: Server): Promise<number> {
  const echoes: Promise<void>[] = [];
  for await (const socket of server) {
    echoes.push(echo(socket));
    if (echoes.length === connections) break;
  }
  await Promise.all(echoes);
  return echoes.length;
}

/** Reads exactly so many bytes. */
async function readExactly(socket: Socket, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let got = 0; got < length; ) {
    const part = await socket.read({ size: length - got });
    assert.ok(part.byteLength > 0, 'the other side is there');
    parts.push(part);
    got += part.byteLength;
  }
  return Buffer.concat(parts);
}

async function converse(socket: Socket, index: number): Promise<void> {
  for (let message = 0; message < messages; message++) {
    const bytes = numbered((index * messages + message) * messageBytes, messageBytes);
    // A read that is taken back before its bytes are asked for must not take them.
    const controller = new AbortController();
    const early = socket.read({ signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(reason);
    assert.is(await early, reason);
    await socket.write(bytes);
    assert.is((await readExactly(socket, messageBytes)).compare(bytes), 0, `message ${message} of ${index}`);
  }
}

const places = {
  TCP: () => ({ host: '127.0.0.1', backlog: connections }),
  [platform === 'win32' ? 'a named pipe' : 'a Unix socket']: () => ({
    path: localPath(),
    backlog: connections,
  }),
};

for (const [name, options] of Object.entries(places)) {
  test(`${connections} connections over ${name} echo what they are sent`, async () => {
    await warmRuntime();
    const before = openDescriptors();
    const server = await listen(options());
    const served = serve(server);
    const sockets = await deadline(
      Promise.all(Array.from({ length: connections }, () => connect(targetOf(server)))),
      'the connections',
      60_000,
    );
    await deadline(Promise.all(sockets.map(converse)), 'the messages', 60_000);
    await Promise.all(sockets.map((socket) => socket.close()));
    assert.is(await deadline(served, 'the server'), connections);
    await server.close();
    await until(() => runtime.counts().inFlight + runtime.counts().queued === 0, 'counts back to nothing');
    await assertSameDescriptors(before, 'connections');
  });
}

test.run();
