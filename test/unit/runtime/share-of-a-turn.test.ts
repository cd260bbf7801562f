// The share of a turn of the event loop that operations complete at once may take, where it is a short time.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { open } from '../../../src/fs/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { macrotask } from '../../support/deadline.ts';
import { perform } from '../../support/operations.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

runtime.configure({ budgetMicroseconds: 1 });

// The pump looks at its clock once in 16 operations; a turn between two immediates may see two shares.
const mostPerTurn = 2 * 16 + 2;

/** Runs a chain of operations beside 50 turns of the event loop; the most that `count` grew in one of them. */
async function mostIn(operate: () => Promise<unknown>, count: () => number): Promise<number> {
  let done = false;
  const chain = (async () => {
    while (!done) await operate();
  })();
  let most = 0;
  for (let turn = 0; turn < 50; turn++) {
    const before = count();
    await macrotask();
    most = Math.max(most, count() - before);
  }
  done = true;
  await chain;
  return most;
}

onlyOnLinux('Windows has no read that never waits')(
  'reads that memory answers: once it is used up, no more in this turn',
  async () => {
    const path = join(temporaryDirectory(), 'data');
    writeFileSync(path, Buffer.alloc(4096, 1));
    const file = await open(path);
    const into = Buffer.alloc(4096);
    const most = await mostIn(
      () => file.read(into, 0, 4096, 0),
      () => stats().readAtOnce,
    );
    assert.ok(most > 0 && most <= mostPerTurn, `${most} reads in one turn`);
    await file.close();
  },
);

test('completions delivered in the flush that submitted: the same', async () => {
  const most = await mostIn(
    () => perform('noop'),
    () => stats().deliveredInline,
  );
  assert.ok(most > 0 && most <= mostPerTurn, `${most} completions in one turn`);
});

test.run();
