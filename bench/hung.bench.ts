// What is left for other I/O while 64 opens of FIFOs nobody writes to hang.

import { makeFifos, releaseOpens } from './harness/fifos.ts';
import { blockBytes, dataFile, makeDataFile } from './harness/files.ts';
import { countFor } from './harness/rate.ts';
import { type ReadableFile, readLoad } from './harness/read-load.ts';
import type { Claim, Instance, Sample, Scenario } from './harness/scenario.ts';

const hungOpens = 64;
const inFlight = 64;

type Open = (path: string, flags: string) => Promise<ReadableFile>;
type Stat = (path: string) => Promise<{ size: number }>;

async function neighbour(open: Open, stat: Stat, workspace: string): Promise<Instance> {
  const path = dataFile(workspace);
  const fifos = makeFifos(workspace, hungOpens);
  const file = await open(path, 'r');
  const work: Record<string, (loop: number) => Promise<unknown>> = {
    reads: readLoad(file, Buffer.alloc(inFlight * blockBytes)),
    stats: () => stat(path),
  };

  async function measure(point: string, seconds: number): Promise<Sample> {
    const [kind = '', state = ''] = point.split('-');
    const start = work[kind] as (loop: number) => Promise<unknown>;
    const hanging = state === 'hung' ? fifos.map((fifo) => open(fifo, 'r')) : [];
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [value, ended] = await countFor(inFlight, seconds, start);
    const close = releaseOpens(hanging.length === 0 ? [] : fifos);
    await ended;
    await Promise.all((await Promise.all(hanging)).map((opened) => opened.close()));
    close();
    return { value };
  }
  return { measure, close: () => file.close() };
}

function claim(kind: string): Claim {
  return {
    work: `${kind} kept while ${hungOpens} opens hang`,
    of: { peer: 'rescind', point: `${kind}-hung` },
    to: { peer: 'rescind', point: `${kind}-free` },
    must: { atLeast: 0.9 },
    stretch: { atLeast: 0.98 },
  };
}

export const hung: Scenario = {
  name: 'hung',
  title: `other I/O while ${hungOpens} opens hang`,
  unit: 'operations/s',
  axis: 'work',
  points: ['reads-free', 'reads-hung', 'stats-free', 'stats-hung'],
  prepare: makeDataFile,
  peers: [
    {
      name: 'rescind',
      start: async (workspace) => {
        const fs = await import('rescind/fs');
        return neighbour(fs.open, fs.stat as Stat, workspace);
      },
    },
    {
      name: 'fs/promises',
      start: async (workspace) => {
        const fs = await import('node:fs/promises');
        return neighbour(fs.open, fs.stat, workspace);
      },
    },
  ],
  claims: [claim('reads'), claim('stats')],
};
