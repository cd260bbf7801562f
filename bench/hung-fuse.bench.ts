// What is left for other I/O while 64 operations hang in a FUSE file system that does not answer.

import { HangingFileSystem, whyNoFuse } from '../test/support/fuse.ts';
import { blockBytes, dataFile, makeDataFile } from './harness/files.ts';
import { hangs, hung } from './harness/fuse-hangs.ts';
import { countFor } from './harness/rate.ts';
import { readLoad } from './harness/read-load.ts';
import type { Claim, Instance, Sample, Scenario } from './harness/scenario.ts';

const inFlight = 64;

async function neighbour(workspace: string): Promise<Instance> {
  const fs = await import('rescind/fs');
  const file = await fs.open(dataFile(workspace), 'r');
  const work = readLoad(file, Buffer.alloc(inFlight * blockBytes));

  async function measure(point: string, seconds: number): Promise<Sample> {
    const hang = hangs[point];
    const files = hang === undefined ? null : await HangingFileSystem.mount();
    try {
      const takeBack = files === null ? undefined : await hang?.(fs, files);
      await files?.untilHeld(hung);
      const [value, ended] = await countFor(inFlight, seconds, work);
      await ended;
      await takeBack?.();
      return { value };
    } finally {
      files?.release();
      await files?.unmount();
    }
  }
  return { measure, close: () => file.close() };
}

function claim(point: string): Claim {
  return {
    work: `reads kept while ${hung} ${point.replace('-', ' ')} hang in FUSE`,
    of: { peer: 'rescind', point },
    to: { peer: 'rescind', point: 'free' },
    must: { atLeast: 0.9 },
    stretch: { atLeast: 0.98 },
  };
}

export const hungFuse: Scenario = {
  name: 'hung-fuse',
  title: `cached reads while ${hung} operations hang in FUSE`,
  unit: 'operations/s',
  axis: 'hung',
  points: ['free', ...Object.keys(hangs)],
  unavailable: whyNoFuse,
  prepare: makeDataFile,
  peers: [{ name: 'rescind', start: neighbour }],
  claims: Object.keys(hangs).map(claim),
};
