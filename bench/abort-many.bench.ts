// From abort() to the rejection of the last of 9,000 operations that share a signal.

import { setMaxListeners } from 'node:events';
import { closeSync } from 'node:fs';
import { makeFifos, openBothEnds } from './harness/fifos.ts';
import type { Instance, Sample, Scenario } from './harness/scenario.ts';

const operations = 9_000;

function aborter(start: (signal: AbortSignal) => Promise<unknown>, close?: () => Promise<void>): Instance {
  async function measure(): Promise<Sample> {
    const controller = new AbortController();
    // 9,000 listeners are what the other peer needs; without this it would also print a warning.
    setMaxListeners(0, controller.signal);
    const pending = Array.from({ length: operations }, () => start(controller.signal));
    const settled = Promise.allSettled(pending);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = process.cpuUsage();
    const begin = performance.now();
    controller.abort();
    const results = await settled;
    const value = performance.now() - begin;
    const { user, system } = process.cpuUsage(before);
    if (results.some(({ status }) => status !== 'rejected')) throw new Error('not every operation was taken back');
    return { value, cpuMicroseconds: (user + system) / operations };
  }
  return close === undefined ? { measure } : { measure, close };
}

export const abortMany: Scenario = {
  name: 'abort-many',
  title: 'abort of 9,000 with one signal',
  unit: 'ms',
  axis: 'pending',
  points: [String(operations)],
  peers: [
    {
      name: 'rescind',
      start: async (workspace) => {
        const { open } = await import('rescind/fs');
        const path = makeFifos(workspace, 1)[0] as string;
        const descriptor = openBothEnds(path);
        const file = await open(path, 'r');
        const buffer = Buffer.alloc(1);
        return aborter(
          (signal) => file.read(buffer, { signal }),
          async () => {
            await file.close();
            closeSync(descriptor);
          },
        );
      },
    },
    {
      name: 'timers/promises',
      start: async () => {
        const { setTimeout } = await import('node:timers/promises');
        return aborter((signal) => setTimeout(60_000, undefined, { signal }));
      },
    },
  ],
  claims: [
    {
      work: 'abort of 9,000 with one signal, times faster',
      of: { peer: 'timers/promises', point: String(operations) },
      to: { peer: 'rescind', point: String(operations) },
      must: { atLeast: 7 },
      stretch: { atLeast: 10 },
    },
  ],
};
