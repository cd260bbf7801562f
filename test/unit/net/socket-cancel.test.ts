import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connection, fill, halfCloses, numbered, readAll, type Transport } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { listenersOf } from '../../support/listeners.ts';
import { rejected } from '../../support/rejection.ts';

const transports: Transport[] = ['tcp', 'local'];

// The runtime keeps descriptors of its own, opened with the first operation.
await (await connection()).close();

for (const transport of transports) {
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

  test(`${transport}: a write that is aborted half-way resolves with what was sent`, async () => {
    const { near, far, endNear, close } = await connection(transport);
    const total = 20_000_000;
    const data = numbered(0, total);
    const abort = new AbortController();
    const pending = near.write(data, { signal: abort.signal });
    await pause(30);
    abort.abort();
    const sent = await deadline(pending, 'the aborted write');
    assert.ok(sent > 0 && sent < total, String(sent));
    await endNear();
    const got = await readAll(far);
    assert.is(got.byteLength, sent);
    assert.ok(got.equals(data.subarray(0, sent)));
    await close();
  });

  test(`${transport}: a write that moved nothing is rejected with the reason`, async () => {
    const { near, far, endNear, close } = await connection(transport);
    const filled = await fill(near);
    const abort = new AbortController();
    const pending = near.write(Buffer.alloc(10), { signal: abort.signal });
    await pause(5);
    abort.abort('enough');
    const outcome = await Promise.allSettled([pending]);
    await endNear();
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
    const writes: Promise<unknown>[] = [near.write('x'), near.writev([Buffer.from('y')])];
    if (halfCloses(transport)) writes.push(near.shutdown());
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
}

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

test.run();
