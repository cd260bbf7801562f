import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnoOf } from '../../../src/errors.ts';
import { connection, halfCloses, numbered, readAll, type Transport } from '../../support/connections.ts';
import { onlyOnLinux, onWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { untilArrived } from '../../support/tcp-queues.ts';

const transports: Transport[] = ['tcp', 'local'];

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

  const testHalves = halfCloses(transport) ? test : onlyOnLinux('a named pipe has no half that could be closed');

  testHalves(`${transport}: shutdown ends one direction and leaves the other`, async () => {
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

  if (!halfCloses(transport)) {
    test(`${transport}: shutdown is ENOTSUP and ends nothing`, async () => {
      const { near, far, close } = await connection(transport);
      const error = await rejected(near.shutdown());
      assert.is(error.code, 'ENOTSUP');
      assert.is(error.syscall, 'shutdown');
      await near.write('still open');
      assert.is((await far.read()).toString(), 'still open');
      await close();
    });
  }

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

  test(`${transport}: writes are sent in the order of the calls, and the end behind them`, async () => {
    const { near, far, endNear, close } = await connection(transport);
    const pieces = Array.from({ length: 40 }, (_, index) => numbered(index * 30_000, 30_000));
    const writes = pieces.map((piece) => near.write(piece));
    const ended = halfCloses(transport) ? near.shutdown() : Promise.all(writes).then(endNear);
    const written = Promise.all([...writes, ended]);
    const got = await readAll(far);
    assert.ok(got.equals(numbered(0, 40 * 30_000)));
    assert.equal(
      (await written).slice(0, 40),
      pieces.map(() => 30_000),
    );
    await close();
  });

  test(`${transport}: writev sends all views, also more than the kernel takes at a time`, async () => {
    const { near, far, endNear, close } = await connection(transport);
    const views = Array.from({ length: 3000 }, (_, index) => numbered(index * 8, 8));
    const sent = near.writev(views).then((count) => endNear().then(() => count));
    const got = await readAll(far);
    assert.is(await sent, 24_000);
    assert.ok(got.equals(numbered(0, 24_000)));
    const afterwards = await rejected(near.writev([Buffer.alloc(1)]));
    assert.is(afterwards.code, halfCloses(transport) ? 'EPIPE' : 'EBADF');
    await close();
  });

  test(`${transport}: chunks end with the stream, and leaving the loop leaves the socket open`, async () => {
    const { near, far, endNear, close } = await connection(transport);
    await near.write('one');
    for await (const chunk of far) {
      assert.is(chunk.toString(), 'one');
      break;
    }
    await near.write('two');
    await endNear();
    let text = '';
    for await (const chunk of far.chunks({ size: 1 })) text += chunk;
    assert.is(text, 'two');
    await close();
  });
}

test('options of the system are set, and do nothing on local ones', async () => {
  const { near, close } = await connection();
  assert.is(near.setNoDelay(), near);
  assert.is(near.setNoDelay(false), near);
  assert.is(near.setKeepAlive(true, 5000), near);
  assert.is(near.setKeepAlive(), near);
  await close();
  const local = await connection('local');
  local.near.setNoDelay(true).setKeepAlive(true, 1000);
  await local.close();
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
  assert.is(error.errno, errnoOf('ECONNRESET'));
  // Linux tells of the reset once.
  assert.is((await rejected(near.write('x'))).code, onWindows ? 'ECONNRESET' : 'EPIPE');
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
