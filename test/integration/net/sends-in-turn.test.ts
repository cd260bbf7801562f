// Sends that are pending on one stream socket at a time. The lane of completion ports makes several calls of a send that may
// be taken back, and must not let another in between. Elsewhere rescind/net alone sees to the order.

import * as assert from 'uvu/assert';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline, macrotask } from '../../support/deadline.ts';
import { closeNow } from '../../support/descriptors.ts';
import { start } from '../../support/operations.ts';
import { onlyOnWindows } from '../../support/platforms.ts';
import { drainSocket, Family, streamPair } from '../../support/sockets.ts';

const test = onlyOnWindows('the kernel orders what is sent at once by itself');

const bytes = 600_001;
const pieces = (value: number): Uint8Array[] => [
  Buffer.alloc(1, value),
  Buffer.alloc(bytes - 300_000, value),
  Buffer.alloc(0),
  Buffer.alloc(299_999, value),
];

test('a send that goes in steps is not mixed with those behind it, whether these can be taken back or not', async () => {
  const [ours, theirs] = await streamPair(Family.ipv4);
  const handle = new Handle(runtime, ours);
  const controllers = Array.from({ length: 8 }, (_, index) => (index % 3 === 2 ? undefined : new AbortController()));
  const sends = controllers.map((controller, index) => {
    const options = { signal: controller?.signal };
    return index % 2 === 0
      ? start('socketSend', { on: handle, views: [Buffer.alloc(bytes, index)] }, options)
      : start('socketSendVector', { on: handle, views: pieces(index) }, options);
  });
  await macrotask();
  // In line, and the one that is under way.
  controllers[4]?.abort('in line');
  const received: Buffer[] = [];
  let total = 0;
  const outcomes = Promise.allSettled(sends.map(({ promise }) => promise));
  let done = false;
  void outcomes.then(() => {
    done = true;
  });
  await deadline(
    (async () => {
      for (let quiet = 0; quiet < 3; ) {
        const parts = await drainSocket(theirs);
        received.push(...parts);
        total += parts.reduce((sum, part) => sum + part.byteLength, 0);
        if (total > 3 * bytes) controllers[7]?.abort('under way');
        quiet = done && parts.length === 0 ? quiet + 1 : 0;
        await macrotask();
      }
    })(),
    'the sends',
    60_000,
  );
  const expected = (await outcomes).map((outcome, index) =>
    Buffer.alloc(outcome.status === 'fulfilled' ? outcome.value : 0, index),
  );
  assert.is(expected[4]?.byteLength, 0);
  assert.equal(
    [0, 1, 2, 3, 5, 6].map((index) => expected[index]?.byteLength),
    [bytes, bytes, bytes, bytes, bytes, bytes],
  );
  assert.ok(Buffer.concat(received).equals(Buffer.concat(expected)), 'each send in one piece, in order');
  await handle.close();
  closeNow(theirs);
});

test.run();
