// From abort() to the rejection of one pending operation.

import { closeSync } from 'node:fs';
import { makeFifos, openBothEnds } from './harness/fifos.ts';
import type { Instance, Sample, Scenario } from './harness/scenario.ts';

const repetitions = 500;

// Both peers get the time the runtime needs to hand the operation to the kernel: an operation taken back
// before that would cost nothing.
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function aborter(start: (signal: AbortSignal) => Promise<unknown>, close?: () => Promise<void>): Instance {
  async function once(): Promise<number> {
    const controller = new AbortController();
    let rejectedAt = 0;
    const settled = start(controller.signal).then(
      () => {
        throw new Error('the operation finished although nothing could finish it');
      },
      () => {
        rejectedAt = performance.now();
      },
    );
    await turn();
    const begin = performance.now();
    controller.abort();
    await settled;
    return (rejectedAt - begin) * 1000;
  }

  async function measure(_point: string, seconds: number): Promise<Sample> {
    const end = performance.now() + seconds * 1000;
    const before = process.cpuUsage();
    let total = 0;
    let count = 0;
    do {
      for (let index = 0; index < repetitions; index++) total += await once();
      count += repetitions;
    } while (performance.now() < end);
    const { user, system } = process.cpuUsage(before);
    return { value: total / count, cpuMicroseconds: (user + system) / count };
  }
  return close === undefined ? { measure } : { measure, close };
}

export const abortOne: Scenario = {
  name: 'abort-one',
  title: 'abort of one pending operation',
  unit: 'µs',
  axis: 'pending',
  points: ['1'],
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
      work: 'abort of one pending operation, time',
      of: { peer: 'rescind', point: '1' },
      to: { peer: 'timers/promises', point: '1' },
      must: { atMost: 0.8 },
      stretch: { atMost: 0.6 },
    },
  ],
};
