// How late timers get while reads keep the loop busy: the time between two firings of a 1 ms timer.

import { blockBytes, dataFile, makeDataFile, wholeBlock } from './harness/files.ts';
import { rate } from './harness/rate.ts';
import { type ReadableFile, readLoad } from './harness/read-load.ts';
import type { Instance, Sample, Scenario } from './harness/scenario.ts';
import { percentile } from './harness/statistics.ts';

const inFlight = 256;

function reader(file: ReadableFile): Instance {
  const read = readLoad(file, Buffer.alloc(inFlight * blockBytes));

  async function measure(_point: string, seconds: number): Promise<Sample> {
    const gaps: number[] = [];
    let timer: NodeJS.Timeout | undefined;
    let last = performance.now();
    function again(): void {
      timer = setTimeout(() => {
        const now = performance.now();
        gaps.push(now - last);
        last = now;
        again();
      }, 1);
    }
    again();
    await rate(inFlight, seconds, read, wholeBlock);
    clearTimeout(timer);
    if (gaps.length === 0) throw new Error('the timer never fired');
    return { value: percentile(gaps, 0.99) };
  }
  return { measure, close: () => file.close() };
}

export const timerGap: Scenario = {
  name: 'timer-gap',
  title: 'gap of a 1 ms timer, p99',
  unit: 'ms',
  axis: 'reads in flight',
  points: [String(inFlight)],
  prepare: makeDataFile,
  peers: [
    {
      name: 'rescind',
      start: async (workspace) => {
        const { open } = await import('rescind/fs');
        return reader(await open(dataFile(workspace), 'r'));
      },
    },
    {
      name: 'fs/promises',
      start: async (workspace) => {
        const { open } = await import('node:fs/promises');
        return reader(await open(dataFile(workspace), 'r'));
      },
    },
  ],
  claims: [
    {
      work: 'gap of a 1 ms timer, p99, under 256 reads in flight, ms',
      of: { peer: 'rescind', point: String(inFlight) },
      must: { atMost: 2 },
      stretch: { atMost: 1.4 },
    },
  ],
};
