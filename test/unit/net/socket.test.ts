import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connection, fill, numbered, readAll, type Transport } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { listenersOf } from '../../support/listeners.ts';

const transports: Transport[] = ['tcp', 'unix'];

async function rejected(promise: Promise<unknown>): Promise<Error & NodeJS.ErrnoException> {
  try {
    await deadline(promise, 'a promise that should reject');
  } catch (error) {
    return error as Error;
  }
  throw new Error('it should have rejected');
}

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

  test(`${transport}: a pending read is taken back and loses no byte`, async () => {
    const { near, far, close } = await connection(transport);
    const abort = new AbortController();
    const reason = new Error('mine');
    const pending = far.read(Buffer.alloc(8), { signal: abort.signal });
    await pause(5);
    assert.is(far.pending, 1);
    abort.abort(reason);
    assert.is(await rejected(pending), reason);
    assert.is(far.pending, 0);
    await near.write('later');
    assert.is((await far.read()).toString(), 'later');
    assert.is(listenersOf(abort.signal), 0);
    await close();
  });

  test(`${transport}: reads waiting for their turn can be aborted there at once`, async () => {
    const { near, far, close } = await connection(transport);
    const first = far.read({ size: 1 });
    const abort = new AbortController();
    const reason = { only: 'this' };
    const queued = Array.from({ length: 100 }, () => far.read({ size: 1, signal: abort.signal }));
    const last = far.read({ size: 1 });
    assert.is(far.pending, 102);
    assert.is(listenersOf(abort.signal), 1, 'one listener however many wait');
    abort.abort(reason);
    assert.is(far.pending, 2);
    const settled = await Promise.allSettled(queued);
    assert.ok(settled.every((one) => one.status === 'rejected' && one.reason === reason));
    await near.write('ab');
    assert.is((await first).toString(), 'a');
    assert.is((await last).toString(), 'b');
    assert.is(listenersOf(abort.signal), 0);
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

  test(`${transport}: a write that is aborted half-way resolves with what was sent`, async () => {
    const { near, far, close } = await connection(transport);
    const total = 20_000_000;
    const data = numbered(0, total);
    const abort = new AbortController();
    const pending = near.write(data, { signal: abort.signal });
    await pause(30);
    abort.abort();
    const sent = await deadline(pending, 'the aborted write');
    assert.ok(sent > 0 && sent < total, String(sent));
    await near.shutdown();
    const got = await readAll(far);
    assert.is(got.byteLength, sent);
    assert.ok(got.equals(data.subarray(0, sent)));
    await close();
  });

  test(`${transport}: a write that moved nothing is rejected with the reason`, async () => {
    const { near, far, close } = await connection(transport);
    const filled = await fill(near);
    const abort = new AbortController();
    const pending = near.write(Buffer.alloc(10), { signal: abort.signal });
    await pause(5);
    abort.abort('enough');
    const outcome = await Promise.allSettled([pending]);
    await near.shutdown();
    const got = await readAll(far);
    if (outcome[0].status === 'rejected') {
      assert.is(outcome[0].reason, 'enough');
      assert.is(got.byteLength, filled);
    } else {
      assert.is(got.byteLength, filled + outcome[0].value);
    }
    await close();
  });

  test(`${transport}: close rejects what is pending and what waits`, async () => {
    const before = openDescriptors();
    const { server, near, far } = await connection(transport);
    await fill(near);
    const reads = [near.read(Buffer.alloc(8)), near.read(), near.read(Buffer.alloc(8))];
    const writes = [near.write('x'), near.writev([Buffer.from('y')]), near.shutdown()];
    await pause(2);
    const settled = Promise.allSettled([...reads, ...writes]);
    await Promise.all([far.close(), near.close()]);
    for (const one of await settled) {
      if (one.status === 'rejected') assert.is(one.reason.code, 'ECANCELED');
    }
    const outcomes = (await settled).map(({ status }) => status);
    assert.equal(outcomes.slice(0, 3), ['rejected', 'rejected', 'rejected']);
    assert.ok(near.closed);
    assert.is(near.pending, 0);
    await server.close();
    await assertSameDescriptors(before, 'after close');
  });

  test(`${transport}: nothing works on a closed socket, and closing again is the same`, async () => {
    const { near, close } = await connection(transport);
    const first = near.close();
    assert.is(near.close(), first);
    assert.is((await rejected(near.read())).code, 'EBADF');
    assert.is((await rejected(near.read(Buffer.alloc(1)))).code, 'EBADF');
    assert.is((await rejected(near.write('x'))).code, 'EBADF');
    assert.is((await rejected(near.writev([Buffer.from('x')]))).code, 'EBADF');
    assert.is((await rejected(near.shutdown())).code, 'EBADF');
    await first;
    assert.is((await rejected(near.read())).code, 'EBADF');
    assert.throws(
      () => near.setNoDelay(),
      (error: NodeJS.ErrnoException) => error.code === 'EBADF',
    );
    await close();
  });

  test(`${transport}: a deadline ends a read with the kernel, and one that waits`, async () => {
    const { near, far, close } = await connection(transport);
    const errors = await Promise.all([
      rejected(far.read(Buffer.alloc(4), { timeoutMs: 20 })),
      rejected(far.read({ timeoutMs: 10 })),
      rejected(far.read({ timeoutMs: 60 })),
    ]);
    for (const [index, ms] of [20, 10, 60].entries()) {
      assert.is(errors[index]?.name, 'TimeoutError');
      assert.match(errors[index]?.message ?? '', `${ms} ms`);
    }
    assert.is((await rejected(far.read({ timeoutMs: 0 }))).name, 'TimeoutError');
    await near.write('still here');
    assert.is((await far.read({ timeoutMs: 10_000 })).toString(), 'still here');
    await close();
  });

  test(`${transport}: an aborted signal starts nothing, also behind others`, async () => {
    const { near, far, close } = await connection(transport);
    const signal = AbortSignal.abort('no');
    assert.is(await rejected(far.read({ signal })), 'no' as never);
    const pending = far.read();
    assert.is(await rejected(far.read({ signal })), 'no' as never);
    assert.is(await rejected(near.write('x', { signal })), 'no' as never);
    await near.write('y');
    assert.is((await pending).toString(), 'y');
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

test('an empty buffer reads and writes nothing', async () => {
  const { near, far, close } = await connection();
  assert.is(await near.write(''), 0);
  assert.is(await near.write(Buffer.alloc(0)), 0);
  assert.is(await near.writev([]), 0);
  assert.is(await near.writev([Buffer.alloc(0), Buffer.alloc(0)]), 0);
  assert.is(await deadline(far.read(Buffer.alloc(0)), 'an empty read'), 0);
  await near.write('x');
  assert.is((await far.read()).toString(), 'x');
  await close();
});

test('strings are written in the encoding asked for', async () => {
  const { near, far, close } = await connection();
  assert.is(await near.write('é', { encoding: 'latin1' }), 1);
  assert.is(await near.write('ff00', { encoding: 'hex' }), 2);
  assert.is(await near.write('é'), 2);
  assert.equal([...(await readAll(far, 5))], [0xe9, 0xff, 0, 0xc3, 0xa9]);
  await close();
});

test('every kind of view is read into and written from, at its own offset', async () => {
  const { near, far, close } = await connection();
  const memory = new ArrayBuffer(64);
  const shared = new SharedArrayBuffer(16);
  const views: NodeJS.ArrayBufferView[] = [
    new Uint8Array(memory, 3, 5),
    new Int16Array(memory, 8, 3),
    new Float64Array(memory, 16, 2),
    new BigUint64Array(memory, 32, 1),
    new DataView(memory, 41, 7),
    new Uint8Array(shared, 4, 4) as never,
  ];
  for (const view of views) {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    bytes.set(numbered(4, view.byteLength));
    assert.is(await near.write(view), view.byteLength);
    bytes.fill(0);
    assert.is(await far.read(view), view.byteLength);
    assert.equal([...bytes], [...numbered(4, view.byteLength)]);
  }
  const before = new Uint8Array(memory)[2];
  assert.is(before, 0);
  await close();
});

test('the addresses of both ends agree', async () => {
  const { server, near, far, close } = await connection();
  const { port } = server.address() as { port: number };
  assert.is(near.remotePort, port);
  assert.is(near.remoteAddress, '127.0.0.1');
  assert.is(near.remoteFamily, 'IPv4');
  assert.is(far.localPort, port);
  assert.is(far.localFamily, 'IPv4');
  assert.is(far.remotePort, near.localPort);
  assert.equal(near.address(), { address: '127.0.0.1', family: 'IPv4', port: near.localPort });
  await close();
  const unix = await connection('unix');
  assert.is(unix.near.remoteAddress, undefined);
  assert.is(unix.near.localPort, undefined);
  assert.equal(unix.near.address(), {});
  await unix.close();
});

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

test('wrong arguments throw at once and name the value', async () => {
  const { near, close } = await connection();
  const fails = (call: () => unknown, code: string, words: RegExp): void =>
    assert.throws(call, (error: NodeJS.ErrnoException) => error.code === code && words.test(error.message));
  const type = 'ERR_INVALID_ARG_TYPE';
  fails(() => near.read(5 as never), type, /options/);
  fails(() => near.read('x' as never), type, /options/);
  fails(() => near.read({ singal: new AbortController().signal } as never), 'ERR_INVALID_ARG_VALUE', /signal/);
  fails(() => near.read(Buffer.alloc(1), { singal: 1 } as never), 'ERR_INVALID_ARG_VALUE', /signal/);
  fails(() => near.read({ signal: {} as AbortSignal }), type, /AbortSignal/);
  fails(() => near.read({ size: 0 }), 'ERR_OUT_OF_RANGE', /size/);
  fails(() => near.read({ size: 1.5 }), 'ERR_OUT_OF_RANGE', /size/);
  fails(() => near.read({ size: '1' as never }), type, /size/);
  fails(() => near.read({ timeoutMs: -1 }), 'ERR_OUT_OF_RANGE', /timeoutMs/);
  fails(() => near.write(5 as never), type, /data/);
  fails(() => near.write(undefined as never), type, /data/);
  fails(() => near.write([1] as never), type, /data/);
  fails(() => near.write('x', { encoding: 'nope' as never }), 'ERR_INVALID_ARG_VALUE', /encoding/);
  fails(() => near.write('x', 5 as never), type, /options/);
  fails(() => near.writev('x' as never), type, /views/);
  fails(() => near.writev(['x'] as never), type, /views\[0\]/);
  fails(() => near.shutdown(null as never), type, /options/);
  fails(() => near.setNoDelay(1 as never), type, /noDelay/);
  fails(() => near.setKeepAlive(true, -1), 'ERR_OUT_OF_RANGE', /initialDelayMs/);
  const detached = new Uint8Array(4);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  fails(() => near.read(detached), 'ERR_INVALID_ARG_VALUE', /detached/);
  fails(() => near.write(detached), 'ERR_INVALID_ARG_VALUE', /detached/);
  // The same while another operation holds the turn.
  const pending = near.read();
  fails(() => near.read({ signal: 1 as never }), type, /AbortSignal/);
  fails(() => near.read({ timeoutMs: Number.NaN }), 'ERR_OUT_OF_RANGE', /timeoutMs/);
  fails(() => near.read(Buffer.alloc(1), { detach: 1 as never }), type, /detach/);
  await Promise.all([rejected(pending), close()]);
});

test('a reset connection is an error with fields of Node', async () => {
  const { near, far, close } = await connection();
  // Closing with bytes nobody read resets the connection.
  await near.write('never read');
  await pause(5);
  const pending = near.read();
  await far.close();
  const error = await rejected(pending);
  assert.is(error.code, 'ECONNRESET');
  assert.is(error.syscall, 'read');
  assert.is(error.errno, -104);
  assert.is((await rejected(near.write('x'))).code, 'EPIPE');
  await close();
});

test('a write without a copy resolves when the peer has it, and the bytes are right', async () => {
  const { near, far, close } = await connection();
  const data = numbered(0, 3_000_000);
  const sent = near.write(data, { zeroCopy: true });
  const got = await readAll(far, data.byteLength);
  assert.is(await deadline(sent, 'a write without a copy'), data.byteLength);
  assert.ok(got.equals(data));
  await close();
  const unix = await connection('unix');
  assert.is(await unix.near.write('x', { zeroCopy: true }), 1);
  await unix.close();
});

test('closing ends a write without a copy whose peer takes nothing', async () => {
  const before = openDescriptors();
  const { server, near, far } = await connection();
  const sent = near.write(Buffer.alloc(20_000_000), { zeroCopy: true });
  await pause(20);
  await deadline(near.close(), 'close');
  const [outcome] = await Promise.allSettled([sent]);
  assert.ok(outcome.status === 'fulfilled' ? outcome.value < 20_000_000 : outcome.reason.code === 'ECANCELED');
  await Promise.all([far.close(), server.close()]);
  await assertSameDescriptors(before, 'after close');
});

test('a signal may serve many sockets', async () => {
  const pairs = await Promise.all(Array.from({ length: 20 }, () => connection()));
  const abort = new AbortController();
  const pending = pairs.flatMap(({ near, far }) => [near, far].map((end) => end.read({ signal: abort.signal })));
  await pause(5);
  assert.is(listenersOf(abort.signal), 1);
  abort.abort('all of them');
  const settled = await Promise.allSettled(pending);
  assert.ok(settled.every((one) => one.status === 'rejected' && one.reason === 'all of them'));
  await Promise.all(pairs.map(({ close }) => close()));
});

test('what was read in small pieces does not keep the large buffer', async () => {
  const { near, far, close } = await connection();
  await near.write('tiny');
  const chunk = await far.read();
  assert.ok(chunk.buffer.byteLength < 65536, String(chunk.buffer.byteLength));
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
