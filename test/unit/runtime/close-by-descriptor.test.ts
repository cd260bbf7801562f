// handle.close() with many operations pending: the ring is asked to end all of them with one entry.

import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binding } from '../../../src/binding.ts';
import { Handle } from '../../../src/runtime/handle.ts';
import { info } from '../../../src/runtime/info.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { deadline, macrotask } from '../../support/deadline.ts';
import { perform } from '../../support/operations.ts';
import { Family, freshAddress, openSocket } from '../../support/sockets.ts';
import { warmRuntime } from '../../support/warm.ts';

await warmRuntime();

const several = 8;

/** A datagram socket nobody sends to. */
async function boundSocket(): Promise<number> {
  const descriptor = await openSocket(Family.ipv4, 'datagram');
  assert.is(binding.socketBind(descriptor, freshAddress(Family.ipv4)), 0);
  return descriptor;
}

async function receiving(count: number, signal?: AbortSignal): Promise<{ handle: Handle; codes: Promise<unknown[]> }> {
  const handle = new Handle(runtime, await boundSocket());
  const options = signal === undefined ? undefined : { signal };
  const codes = Array.from({ length: count }, () =>
    perform('socketReceive', { on: handle, views: [Buffer.alloc(4)] }, options).catch((error) => error.code),
  );
  await macrotask();
  return { handle, codes: Promise.all(codes) };
}

/** Entries the rings of this process have been given so far. */
function entriesSoFar(): number {
  let sum = 0;
  for (const descriptor of readdirSync('/proc/self/fdinfo')) {
    let text = '';
    try {
      text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
    } catch {
      // The descriptor of the directory itself is closed by now.
    }
    sum += Number(/^SqTail:\s*(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return sum;
}

const byDescriptor = info().features.includes('cancel-by-descriptor');

test('close() ends all that is pending, and each operation says that it was cancelled', async () => {
  const before = stats();
  const { handle, codes } = await receiving(several);
  await deadline(handle.close(), 'close()');
  assert.equal(await codes, new Array(several).fill('ECANCELED'));
  assert.is(stats().cancelRequests, before.cancelRequests + several);
  assert.is(stats().inFlight, before.inFlight);
});

(byDescriptor ? test : test.skip)('it takes one entry, and one to close the descriptor', async () => {
  const { handle, codes } = await receiving(several);
  const before = entriesSoFar();
  await deadline(handle.close(), 'close()');
  assert.is(entriesSoFar() - before, 2);
  await codes;
});

test('an abort asks for each operation, and what is left pending stays', async () => {
  const controller = new AbortController();
  const aborted = await receiving(several, controller.signal);
  const other = await receiving(several);
  const before = entriesSoFar();
  controller.abort({ code: 'aborted' });
  assert.equal(await aborted.codes, new Array(several).fill('aborted'));
  if (byDescriptor) assert.is(entriesSoFar() - before, several);
  assert.is(other.handle.pending, several);
  await Promise.all([aborted.handle.close(), other.handle.close()]);
});

test.run();
