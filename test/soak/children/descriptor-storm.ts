// Run with a low limit of descriptors.

import { closeSync, constants, openSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { deadline, pause } from '../../support/deadline.ts';
import { openDescriptors } from '../../support/descriptors.ts';
import { perform } from '../../support/operations.ts';
import { Family, listener, openSocket } from '../../support/sockets.ts';
import { warmRuntime } from '../../support/warm.ts';

const open = (): Promise<number> => perform('fileOpen', { bytes: '/dev/null', argument0: constants.O_RDONLY });

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Opens files until there is no descriptor left. */
function takeTheLast(): number[] {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    assert.is(codeOf(error), 'EMFILE');
    return taken;
  }
}

/**
 * What accept() answers when no descriptor is left. Not everything in the process is ours: the loader of TypeScript, say,
 * still writes what it has compiled, and gives a descriptor back in between. Then it is tried again.
 */
async function acceptWithout(): Promise<unknown> {
  for (const client of clients) {
    // A connection that arrives while no descriptor is left waits for the next accept.
    await perform('socketConnect', { on: client, bytes: address });
    const taken = takeTheLast();
    const answer = await deadline(
      perform('socketAccept', { on: descriptor }).catch((error: unknown) => error),
      'accept without a descriptor',
    );
    for (const one of taken) closeSync(one);
    if (typeof answer !== 'number') return answer;
    closeSync(answer);
    await pause(200);
  }
  return assert.unreachable('there was always a descriptor left');
}

await warmRuntime();
const { descriptor, address } = await listener(Family.unix);
const clients = await Promise.all(Array.from({ length: 4 }, () => openSocket(Family.unix)));
const before = openDescriptors().size;

for (let storm = 0; storm < 20; storm++) {
  const results = await deadline(Promise.allSettled(Array.from({ length: 300 }, open)), 'the storm');
  const opened: number[] = [];
  for (const result of results) {
    if (result.status === 'fulfilled') opened.push(result.value);
    else assert.is(codeOf(result.reason), 'EMFILE', String(result.reason));
  }
  assert.ok(opened.length > 10 && opened.length < 300, `${opened.length} of 300 opened`);
  assert.is(new Set(opened).size, opened.length, 'every descriptor is given once');
  if (storm === 0) {
    const refused = await acceptWithout();
    assert.is(codeOf(refused), 'EMFILE', String(refused));
    const reason = { why: 'the test says so' };
    const aborted = await perform('fileOpen', { bytes: '/dev/null' }, { signal: AbortSignal.abort(reason) }).catch(
      (error: unknown) => error,
    );
    assert.is(aborted, reason);
  }
  if (storm % 2 === 0) for (const one of opened) closeSync(one);
  else await Promise.all(opened.map((on) => perform('handleClose', { on })));
  assert.is(openDescriptors().size, before, 'as many descriptors as before');
}

closeSync(await deadline(perform('socketAccept', { on: descriptor }), 'accept with a descriptor'));
console.log('done');
