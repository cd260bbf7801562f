// From abort() to the settlement of the slowest of 64 operations that hang in a FUSE file system.

import { HangingFileSystem, whyNoFuse } from '../test/support/fuse.ts';
import { hangs, hung } from './harness/fuse-hangs.ts';
import type { Instance, Sample, Scenario } from './harness/scenario.ts';
import { detachAfterMs, settledWithinMs } from './harness/settlement.ts';

async function aborter(): Promise<Instance> {
  const fs = await import('rescind/fs');

  async function measure(point: string): Promise<Sample> {
    const hang = hangs[point] as (typeof hangs)[string];
    const files = await HangingFileSystem.mount();
    try {
      const takeBack = await hang(fs, files);
      await files.untilHeld(hung);
      return { value: await takeBack() };
    } finally {
      files.release();
      await files.unmount();
    }
  }
  return { measure };
}

export const abortHungFuse: Scenario = {
  name: 'abort-hung-fuse',
  title: `abort of ${hung} operations that hang in FUSE, the slowest, detachAfterMs ${detachAfterMs}`,
  unit: 'ms',
  axis: 'hung',
  points: Object.keys(hangs),
  unavailable: whyNoFuse,
  peers: [{ name: 'rescind', start: aborter }],
  claims: Object.keys(hangs).map((point) => ({
    work: `hung ${point.replace('-', ' ')} in FUSE settled after abort, slowest, ms`,
    of: { peer: 'rescind', point },
    must: { atMost: settledWithinMs },
  })),
};
