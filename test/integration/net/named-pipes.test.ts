// Named pipes of Windows, where they are not like sockets.

import { test as every } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../../src/binding.ts';
import { open } from '../../../src/fs/index.ts';
import { connect, listen } from '../../../src/net/index.ts';
import { readAll } from '../../support/connections.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { rejected } from '../../support/rejection.ts';
import { warmRuntime } from '../../support/warm.ts';
import { bufferBytes, NamedPipe, pipeName } from '../../support/windows/pipe.ts';

// No other system has them.
const test = platform === 'win32' ? every : every.skip;

test('a client that has come, written and gone before anybody accepts is accepted, with what it wrote', async () => {
  await warmRuntime();
  const before = openDescriptors();
  const path = pipeName();
  const server = await listen({ path });
  const client = await connect({ path });
  await client.write(Buffer.from('what it wrote'));
  await client.close();
  const socket = await deadline(server.accept(), 'accept()');
  assert.is((await deadline(readAll(socket), 'its bytes')).toString(), 'what it wrote');
  await socket.close();
  await server.close();
  await assertSameDescriptors(before, 'a client that is gone');
});

test('clients find the pipe while nobody accepts, one after the other', async () => {
  const path = pipeName();
  const server = await listen({ path });
  const clients = Array.from({ length: 20 }, async (_, index) => {
    const client = await connect({ path });
    await client.write(Buffer.from([index]));
    await client.close();
  });
  const seen: number[] = [];
  for (let count = 0; count < clients.length; count++) {
    const socket = await deadline(server.accept(), 'accept()');
    seen.push(...(await deadline(readAll(socket), 'its byte')));
    await socket.close();
  }
  await Promise.all(clients);
  assert.equal(
    seen.sort((a, b) => a - b),
    Array.from(clients.keys()),
  );
  await server.close();
});

// Of a write that waits the driver of named pipes tells no bytes when it is cancelled, although the other end may have
// read some: such a write must not wait as a whole.
test('a write to a pipe that is taken back tells how much of it was read, wherever the reader was', async () => {
  let parts = 0;
  for (const taken of [0, 1, 2, 1000, 30_000, bufferBytes + 1, bufferBytes + 1000]) {
    const pipe = new NamedPipe('', 'later');
    const socket = await connect({ path: pipe.path });
    assert.is(await socket.write(Buffer.alloc(bufferBytes)), bufferBytes);
    const controller = new AbortController();
    const bytes = Buffer.alloc(2 * bufferBytes, 1);
    const half = bytes.byteLength >> 1;
    const options = { signal: controller.signal };
    const pending =
      taken % 2 === 0
        ? socket.write(bytes, options)
        : socket.writev([bytes.subarray(0, half), bytes.subarray(half)], options);
    await macrotask();
    let read = 0;
    while (read < taken) {
      read += pipe.read(Buffer.alloc(taken - read));
      await macrotask();
    }
    // The writer goes on with what the reader has made room for, up to any point, or not yet.
    await pause(taken % 3);
    controller.abort();
    const moved = await deadline(
      pending.catch(() => 0),
      'the write',
    );
    read += pipe.drain(-1).byteLength;
    assert.is(read - bufferBytes, moved, `${taken} bytes read while it waited`);
    if (moved > 0) parts++;
    assert.is(socket.bytesWritten, read);
    await socket.close();
    pipe.closePeer();
  }
  assert.ok(parts > 0, 'some were told in part');
});

test('writes to a pipe that can be taken back do not mix, and one that waits for its turn did nothing', async () => {
  const pipe = new NamedPipe('', 'later');
  const file = await open(pipe.path, 'r+');
  assert.is((await file.write(Buffer.alloc(bufferBytes))).bytesWritten, bufferBytes);
  const controllers = Array.from({ length: 5 }, () => new AbortController());
  const writes = controllers.map(({ signal }, index) =>
    file.write(Buffer.alloc(2000, index + 1), null, null, null, { signal }),
  );
  await macrotask();
  controllers[2]?.abort('in line');
  assert.is(await rejected(writes[2] as Promise<unknown>), 'in line');
  let got = Buffer.alloc(0);
  const expected = bufferBytes + 4 * 2000;
  await deadline(
    (async () => {
      while (got.byteLength < expected) {
        got = Buffer.concat([got, pipe.drain(-1)]);
        await macrotask();
      }
    })(),
    'all bytes',
  );
  const wrote = await Promise.all(writes.filter((_, index) => index !== 2));
  assert.ok(wrote.every(({ bytesWritten }) => bytesWritten === 2000));
  const order = [1, 2, 4, 5].map((value) => Buffer.alloc(2000, value));
  assert.ok(got.subarray(bufferBytes).equals(Buffer.concat(order)), 'each in one piece, in order');
  await file.close();
  pipe.closePeer();
});

every.run();
