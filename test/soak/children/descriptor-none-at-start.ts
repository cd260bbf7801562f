// Run with a low limit of descriptors: all of them are taken before the first operation.

import { closeSync, openSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { deadline } from '../../support/deadline.ts';
import { perform } from '../../support/operations.ts';

const taken: number[] = [];
try {
  for (;;) taken.push(openSync('/dev/null', 'r'));
} catch (error) {
  assert.is((error as NodeJS.ErrnoException).code, 'EMFILE');
}

async function attempt(): Promise<unknown> {
  try {
    return await deadline(perform('noop'), 'an operation without a descriptor for the ring');
  } catch (error) {
    return error;
  }
}

const first = await attempt();
assert.ok(first === 0 || first instanceof Error, String(first));
console.log(`without descriptors: ${String(first)}`);
for (const descriptor of taken) closeSync(descriptor);
assert.is(await attempt(), 0, 'with descriptors again');
console.log('done');
