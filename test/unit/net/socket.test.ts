import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connection, numbered, readAll, type Transport } from '../../support/connections.ts';
import { rejected } from '../../support/rejection.ts';
import { untilArrived } from '../../support/tcp-queues.ts';

const transports: Transport[] = ['tcp', 'unix'];

// The runtime keeps descriptors of its own, opened with the first operation.
await (await connection()).close();

for (const transport of transports) {
  test(`${transport}: what is written is read, in both directions`, async () => {
    const { near, far, close } = await connection(transport);
    const buffer = Buffer.alloc(16);
    assert.is(await near.write('hello'), 5);
    assert.is(await far.read(buffer), 5);
    assert.is(buffer.toString('utf8', 0, 5), 'hello');
    assert.is(await far.write(Buffer.from('world')), 5);
    assert.is((await near.read()).toString(), 'world');
    assert.is(near.bytesRead, 5);
    assert.is(near.bytesWritten, 5);
    await close();
  });

  test(`${transport}: shutdown ends one direction and leaves the other`, async () => {
    const { near, far, close } = await connection(transport);
    await near.write('last words');
    await near.shutdown();
    assert.is((await readAll(far)).toString(), 'last words');
    assert.is(await far.read(Buffer.alloc(4)), 0);
    assert.is((await far.read()).byteLength, 0);
    await far.write('answer');
    assert.is((await near.read()).toString(), 'answer');
    assert.is((await rejected(near.write('more'))).code, 'EPIPE');
    await close();
  });

  test(`${transport}: reads are served in the order of the calls`, async () => {
    const { near, far, close } = await connection(transport);
    const reads = Array.from({ length: 50 }, () => far.read({ size: 2 }));
    for (let index = 0; index < 50; index++) await near.write(String(index).padStart(2, '0'));
    const got = (await Promise.all(reads)).map(String);
    assert.equal(
      got,
      Array.from({ length: 50 }, (_, index) => String(index).padStart(2, '0')),
    );
    await close();
  });

  test(`${transport}: writes are sent in the order of the calls, and shutdown behind them`, async () => {
    const { near, far, close } = await connection(transport);
    const pieces = Array.from({ length: 40 }, (_, index) => numbered(index * 30_000, 30_000));
    const written = Promise.all([...pieces.map((piece) => near.write(piece)), near.shutdown()]);
    const got = await readAll(far);
    assert.ok(got.equals(numbered(0, 40 * 30_000)));
    assert.equal(
      (await written).slice(0, 40),
      pieces.map(() => 30_000),
    );
    await close();
  });

  test(`${transport}: writev sends all views, also more than the kernel takes at a time`, async () => {
    const { near, far, close } = await connection(transport);
    const views = Array.from({ length: 3000 }, (_, index) => numbered(index * 8, 8));
    const sent = near.writev(views).then((count) => near.shutdown().then(() => count));
    const got = await readAll(far);
    assert.is(await sent, 24_000);
    assert.ok(got.equals(numbered(0, 24_000)));
    assert.is(await rejected(near.writev([Buffer.alloc(1)])).then((error) => error.code), 'EPIPE');
    await close();
  });

  test(`${transport}: chunks end with the stream, and leaving the loop leaves the socket open`, async () => {
    const { near, far, close } = await connection(transport);
    await near.write('one');
    for await (const chunk of far) {
      assert.is(chunk.toString(), 'one');
      break;
    }
    await near.write('two');
    await near.shutdown();
    let text = '';
    for await (const chunk of far.chunks({ size: 1 })) text += chunk;
    assert.is(text, 'two');
    await close();
  });
}

test('options of the system are set, and do nothing on Unix sockets', async () => {
  const { near, close } = await connection();
  assert.is(near.setNoDelay(), near);
  assert.is(near.setNoDelay(false), near);
  assert.is(near.setKeepAlive(true, 5000), near);
  assert.is(near.setKeepAlive(), near);
  await close();
  const unix = await connection('unix');
  unix.near.setNoDelay(true).setKeepAlive(true, 1000);
  await unix.close();
});

test('a reset connection is an error with fields of Node', async () => {
  const { near, far, close } = await connection();
  // Closing with bytes nobody read resets the connection.
  await near.write('never read');
  await untilArrived(far);
  const pending = near.read();
  await far.close();
  const error = await rejected(pending);
  assert.is(error.code, 'ECONNRESET');
  assert.is(error.syscall, 'read');
  assert.is(error.errno, -104);
  assert.is((await rejected(near.write('x'))).code, 'EPIPE');
  await close();
});

test('what was read in small pieces does not keep the large buffer', async () => {
  const { near, far, close } = await connection();
  await near.write('tiny');
  const chunk = await far.read({ size: 1_000_000 });
  assert.ok(chunk.buffer.byteLength < 1_000_000, String(chunk.buffer.byteLength));
  await close();
});

test('a socket can be disposed of by its scope', async () => {
  const { server, near, far } = await connection();
  await near[Symbol.asyncDispose]();
  assert.ok(near.closed);
  assert.is((await far.read()).byteLength, 0);
  await far[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  assert.ok(server.closed);
});

test.run();
