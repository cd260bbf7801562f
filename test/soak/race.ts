// One race between a completion and its cancellation, begun at a random moment.

import * as assert from 'uvu/assert';
import type { OperationOptions } from '../../src/runtime/operation.ts';
import { macrotask, occupyThread } from '../support/deadline.ts';
import { listenersOf } from '../support/listeners.ts';
import type { Started } from '../support/operations.ts';
import type { Random } from '../support/random.ts';

export const reason = { why: 'the race says so' };

export interface Tally {
  races: number;
  resolved: number;
  rejected: number;
}

export function emptyTally(): Tally {
  return { races: 0, resolved: 0, rejected: 0 };
}

// Every schedule calls both, once.
const schedules: ((complete: () => void, abort: () => void, random: Random) => Promise<void>)[] = [
  async (complete, abort) => {
    complete();
    abort();
  },
  async (complete, abort) => {
    await Promise.resolve();
    complete();
    abort();
  },
  async (complete, abort) => {
    await Promise.resolve();
    await Promise.resolve();
    abort();
    complete();
  },
  async (complete, abort) => {
    await macrotask();
    complete();
    abort();
  },
  async (complete, abort, random) => {
    await macrotask();
    complete();
    occupyThread(random.next() * 0.05);
    abort();
  },
  async (complete, abort) => {
    await macrotask();
    complete();
    await Promise.resolve();
    abort();
  },
  async (complete, abort) => {
    await macrotask();
    abort();
    complete();
  },
  async (complete, abort, random) => {
    await macrotask();
    abort();
    for (let steps = random.below(4); steps > 0; steps--) await Promise.resolve();
    complete();
  },
  async (complete, abort) => {
    await macrotask();
    const aborting = macrotask().then(abort);
    complete();
    await aborting;
  },
  async (complete, abort) => {
    abort();
    complete();
  },
];

/**
 * Starts an operation, and at random moments has it completed and aborts it. Returns what it resolved to, or
 * null when it was rejected with the reason; anything else fails.
 */
export async function race(
  random: Random,
  tally: Tally,
  begin: (options: OperationOptions) => Started,
  complete: () => void,
): Promise<number | null> {
  const controller = new AbortController();
  const { signal } = controller;
  const { promise, trace } = begin({ signal });
  let settlements = 0;
  const settled = promise.then(
    (value) => {
      settlements++;
      return value;
    },
    (error: unknown) => {
      settlements++;
      assert.is(error, reason, `rejected with something else: ${String(error)}`);
      return null;
    },
  );
  const schedule = schedules[random.below(schedules.length)] as (typeof schedules)[number];
  await schedule(complete, () => controller.abort(reason), random);
  const value = await settled;
  assert.is(settlements, 1);
  assert.is(trace.completions, value === null ? 0 : 1);
  // The listener goes with the flush behind the settlement.
  if (random.below(16) === 0) {
    await macrotask();
    assert.is(listenersOf(signal), 0, 'listeners');
  }
  tally.races++;
  if (value === null) tally.rejected++;
  else tally.resolved++;
  return value;
}

/** Fails unless both ways of ending were seen: a race only one side ever wins tests nothing. */
export function assertBothWon({ races, resolved, rejected }: Tally, what: string): void {
  console.log(`${what}: ${races} races, ${resolved} completed, ${rejected} taken back`);
  assert.ok(resolved > 0 && rejected > 0, `${what}: a race only one side wins`);
}
