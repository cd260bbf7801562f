import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connection, numbered, readAll } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';

// The runtime keeps descriptors of its own, opened with the first operation.
await (await connection()).close();

test('a write without a copy resolves when the peer has it, and the bytes are right', async () => {
  const { near, far, close } = await connection();
  const data = numbered(0, 3_000_000);
  const sent = near.write(data, { zeroCopy: true });
  const got = await readAll(far, data.byteLength);
  assert.is(await deadline(sent, 'a write without a copy'), data.byteLength);
  assert.ok(got.equals(data));
  await close();
  const local = await connection('local');
  assert.is(await local.near.write('x', { zeroCopy: true }), 1);
  await local.close();
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

test.run();
