// A send that was rejected by its signal sent nothing, one that resolved sent everything, once.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../../src/runtime/runtime.ts';
import { onBackends, rings, tinyRings } from '../../support/backends.ts';
import { macrotask } from '../../support/deadline.ts';
import { Random } from '../../support/random.ts';
import { withPair } from './pair.ts';

const random = new Random();
const datagrams = 3000;

onBackends(import.meta.url, [rings, tinyRings], ({ settings }) => {
  runtime.configure(settings);
  test(`what was sent is what arrives (seed ${random.seed})`, () =>
    withPair('127.0.0.1', async (receiver, sender, port) => {
      receiver.setRecvBufferSize(1 << 20);
      const sent = new Set<number>();
      const received = new Set<number>();
      let aborted = 0;
      for (let number = 0; number < datagrams; ) {
        const burst: Promise<void>[] = [];
        const shared = new AbortController();
        const before = sent.size;
        for (let index = 0; index < 32; index++, number++) {
          const mine = number;
          const own = new AbortController();
          const { signal } = random.below(2) === 0 ? shared : own;
          const data = Buffer.from(`datagram ${mine}`);
          const pieces = [data.subarray(0, 4), data.subarray(4)];
          const to = random.below(20) === 0 ? 'localhost' : '127.0.0.1';
          const send = sender.send(random.below(2) === 0 ? data : pieces, port, to, { signal });
          burst.push(
            send.then(
              (bytes) => {
                assert.is(bytes, data.byteLength);
                sent.add(mine);
              },
              (error: unknown) => {
                assert.is(error, signal.reason);
                aborted++;
              },
            ),
          );
          const moment = random.below(9);
          if (moment < 3) own.abort(new Error('mine'));
          else if (moment < 5) queueMicrotask(() => own.abort(new Error('mine, later')));
        }
        if (random.below(2) === 0) await macrotask();
        shared.abort(new Error('all'));
        await Promise.all(burst);
        for (let left = sent.size - before; left > 0; left--) {
          const text = (await receiver.receive({ timeoutMs: 10_000 })).data.toString();
          const which = Number(text.slice('datagram '.length));
          assert.not(received.has(which), `${text} came twice`);
          received.add(which);
        }
      }
      assert.equal([...received].sort(), [...sent].sort());
      const none = await receiver.receive({ timeoutMs: 50 }).catch(() => null);
      assert.is(none, null, 'a datagram whose send was rejected arrived');
      assert.ok(aborted > datagrams / 10, `${aborted} sends were aborted`);
      assert.ok(sent.size > datagrams / 10, `${sent.size} sends went out`);
    }));
});
