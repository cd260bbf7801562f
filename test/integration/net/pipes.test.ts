// Named pipes of Windows: of src/net/pipes.ts, and of what sockets and servers do with them.

import { createServer, type Server as NodeServer, type Socket as NodeSocket, connect as nodeConnect } from 'node:net';
import * as assert from 'uvu/assert';
import type { SystemError } from '../../../src/errors.ts';
import {
  connect,
  type ListenOptions,
  listen,
  type PipeMode,
  type Server,
  type Socket,
} from '../../../src/net/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { numbered, readAll } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { onlyOnWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { exceptOnWine, onWine } from '../../support/windows-differences.ts';

const test = onlyOnWindows('named pipes');
// Before the first count of descriptors.
runtime.open();
let named = 0;

function freshPath(): string {
  return `\\\\.\\pipe\\rescind-test-${process.pid}-${named++}`;
}

interface Ends {
  server: Server;
  near: Socket;
  far: Socket;
  close(): Promise<void>;
}

async function ends(pipeMode?: PipeMode, options: ListenOptions = {}): Promise<Ends> {
  const path = freshPath();
  const server = await listen({ path, pipeMode, ...options });
  const [near, far] = await deadline(Promise.all([connect({ path, pipeMode }), server.accept()]), 'a connection');
  const close = async (): Promise<void> => {
    await Promise.all([near.close(), far.close(), server.close()]);
  };
  return { server, near, far, close };
}

type Fields = Record<string, unknown>;

function fieldsOf(error: Error): Fields {
  const { native: _, ...fields } = { ...error, message: error.message } as Fields;
  return fields;
}

function nodeError(emitter: NodeSocket | NodeServer): Promise<Fields> {
  return new Promise((resolve) => emitter.once('error', (error: Error) => resolve(fieldsOf(error))));
}

test('bytes go both ways, and the end of one side is read by the other', async () => {
  const before = openDescriptors();
  const { near, far, close } = await ends();
  assert.is(await near.write('ping'), 4);
  assert.is((await far.read()).toString(), 'ping');
  assert.is(await far.writev([Buffer.from('po'), Buffer.alloc(0), Buffer.from('ng')]), 4);
  const buffer = Buffer.alloc(8);
  assert.is(await near.read(buffer), 4);
  assert.is(buffer.toString('latin1', 0, 4), 'pong');
  const pending = far.read();
  await near.close();
  assert.is((await deadline(pending, 'the end')).length, 0);
  assert.is(await far.read(buffer), 0);
  assert.is((await rejected(far.write('x'))).code, 'EPIPE');
  await close();
  await assertSameDescriptors(before, 'the pipe');
});

test('the path is the address; the ends have none', async () => {
  const { server, near, far, close } = await ends();
  assert.match(server.address() as string, /^\\\\\.\\pipe\\rescind-test-/);
  for (const end of [near, far]) {
    assert.equal(end.address(), {});
    assert.equal(
      [end.localAddress, end.localPort, end.remoteAddress, end.remoteFamily],
      [undefined, undefined, undefined, undefined],
    );
    assert.is(end.setNoDelay().setKeepAlive(true, 1000), end);
  }
  await close();
  assert.is(server.address(), null);
});

test('a path may be written with the other slash', async () => {
  const path = freshPath().replaceAll('\\', '/');
  const server = await listen(path);
  assert.is(server.address(), path);
  const [near, far] = await Promise.all([connect(path), server.accept()]);
  await Promise.all([near.close(), far.close(), server.close()]);
});

test('more than the pipe holds is written whole while the other side reads', async () => {
  const { near, far, close } = await ends();
  const sent = numbered(0, 3 * 1024 * 1024 + 1);
  const [count, received] = await Promise.all([near.write(sent), readAll(far, sent.length)]);
  assert.is(count, sent.length);
  assert.ok(received.equals(sent));
  await close();
});

test('writing nothing is not the end', async () => {
  for (const mode of ['bytes', 'messages'] as const) {
    const { near, far, close } = await ends(mode);
    assert.is(await near.write(''), 0);
    assert.is(await near.writev([]), 0);
    await near.write('x');
    assert.is((await far.read()).toString(), 'x');
    await close();
    assert.is((await rejected(near.write(''))).code, 'EBADF');
  }
});

test('a pipe of bytes has no side to shut down', async () => {
  const { near, close } = await ends();
  const error = await rejected(near.shutdown());
  assert.equal([error.code, error.syscall, error.message], ['ENOTSUP', 'shutdown', 'shutdown ENOTSUP']);
  await close();
});

test('a message is read as it was written, in parts where there is no room for all of it', async () => {
  const { near, far, close } = await ends('messages');
  await near.write('one');
  await near.write('two');
  await near.writev([Buffer.from('th'), Buffer.from('ree')]);
  for (const word of ['one', 'two', 'three']) assert.is((await far.read()).toString(), word);
  await far.write('12345678');
  const small = Buffer.alloc(5);
  assert.is(await near.read(small), 5);
  assert.is(await near.read(small), 3);
  assert.is(small.toString('latin1', 0, 3), '678');
  const long = numbered(0, 150_000);
  const [count, whole] = await Promise.all([
    near.writev([long.subarray(0, 90_000), long.subarray(90_000)]),
    far.read({ size: 200_000 }),
  ]);
  assert.is(count, long.length);
  assert.ok(whole.equals(long));
  await close();
});

test('shutdown() of a pipe of messages is an end to who reads, and the other way stays', async () => {
  const { near, far, close } = await ends('messages');
  await near.write('last');
  await near.shutdown();
  assert.is((await far.read()).toString(), 'last');
  assert.is((await far.read()).length, 0);
  await far.write('answer');
  assert.is((await near.read()).toString(), 'answer');
  await close();
});

test('who reads bytes reads those of messages as they come', async () => {
  const path = freshPath();
  const server = await listen({ path, pipeMode: 'messages' });
  const [near, far] = await Promise.all([connect(path), server.accept()]);
  await far.write('one');
  await far.write('two');
  assert.is((await readAll(near, 6)).toString(), 'onetwo');
  await Promise.all([near.close(), far.close(), server.close()]);
});

test('many connect at once, and each has an end of its own', async () => {
  const before = openDescriptors();
  const path = freshPath();
  const server = await listen(path);
  const serving = (async () => {
    for await (const socket of server) {
      void (async () => {
        for await (const chunk of socket) await socket.write(chunk);
        await socket.close();
      })();
    }
  })();
  const clients = Array.from({ length: 100 }, async (_, index) => {
    const socket = await connect(path);
    await socket.write(`client ${index}`);
    assert.is((await socket.read()).toString(), `client ${index}`);
    await socket.close();
  });
  await deadline(Promise.all(clients), 'all clients');
  await server.close();
  await serving;
  await assertSameDescriptors(before, 'the clients');
});

test('connecting waits while the pipe is busy, and is taken back while it waits', async () => {
  const before = openDescriptors();
  const path = freshPath();
  const server = await listen(path);
  const first = await connect(path);
  const reason = new Error('given up');
  const controller = new AbortController();
  const aborted = rejected(connect({ path, signal: controller.signal }));
  const late = rejected(connect({ path, timeoutMs: 30 }));
  const patient = connect(path);
  await pause(20);
  controller.abort(reason);
  assert.is(await aborted, reason);
  assert.is((await late).name, 'TimeoutError');
  const accepted = [await server.accept(), await server.accept()];
  const second = await deadline(patient, 'the connection that waited');
  await second.write('x');
  await Promise.all([first, second, ...accepted].map((socket) => socket.close()));
  await server.close();
  await assertSameDescriptors(before, 'the attempts');
});

test('what waits on a pipe is taken back, and the next call goes on', async () => {
  const { server, near, far, close } = await ends();
  const reason = new Error('no longer wanted');
  const controller = new AbortController();
  const calls = [
    near.read({ signal: controller.signal }),
    near.read(Buffer.alloc(4), { signal: controller.signal }),
    server.accept({ signal: controller.signal }),
  ].map(rejected);
  await pause(10);
  controller.abort(reason);
  for (const call of calls) assert.is(await call, reason);
  assert.is((await rejected(near.read({ timeoutMs: 10 }))).name, 'TimeoutError');
  await far.write('still here');
  assert.is((await near.read()).toString(), 'still here');
  await close();
});

test('closing ends what is pending', async () => {
  const { server, near, far, close } = await ends();
  const pending = [rejected(near.read()), rejected(server.accept())];
  await pause(5);
  await Promise.all([near.close(), server.close()]);
  for (const error of await Promise.all(pending)) assert.is(error.code, 'ECANCELED');
  await far.close();
  await close();
});

test('a pipe nobody listens on is not there, as in Node', async () => {
  const path = freshPath();
  assert.equal(fieldsOf(await rejected(connect(path))), await nodeError(nodeConnect(path)));
  const server = await listen(path);
  await server.close();
  assert.is((await rejected(connect(path))).code, 'ENOENT');
  assert.is(((await rejected(connect(path))) as SystemError).native, 2);
});

const testOfNames = onWine('pipesShareNames') ? exceptOnWine('pipesShareNames') : test;

testOfNames('a pipe somebody listens on is in use, as in Node', async () => {
  const path = freshPath();
  const server = await listen(path);
  const { port, ...expected } = await nodeError(createServer().listen(path));
  assert.is(port, -1);
  assert.equal(fieldsOf(await rejected(listen(path))), expected);
  await server.close();
});

test('node:net connects to it, and is connected to', async () => {
  const { server, close } = await ends();
  const path = server.address() as string;
  const client = nodeConnect(path);
  const accepted = await deadline(server.accept(), 'the connection of Node');
  client.write('from Node');
  assert.is((await accepted.read()).toString(), 'from Node');
  const ended = new Promise<string>((resolve) => {
    let text = '';
    client.on('data', (chunk) => {
      text += chunk;
    });
    client.on('end', () => resolve(text));
  });
  await accepted.write('to Node');
  await accepted.close();
  assert.is(await deadline(ended, 'the end for Node'), 'to Node');
  await close();

  const listening = createServer((socket) => socket.on('data', (data) => socket.end(`echo ${data}`)));
  const other = freshPath();
  await new Promise<void>((resolve) => listening.listen(other, resolve));
  const socket = await connect(other);
  await socket.write('x');
  assert.is((await readAll(socket)).toString(), 'echo x');
  await socket.close();
  listening.close();
});

test.run();
