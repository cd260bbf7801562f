// 4 KiB reads that go to the device (O_DIRECT).

import { constants } from 'node:fs';
import { blockBytes, dataFile, makeDataFile, wholeBlock } from './harness/files.ts';
import { pages } from './harness/pages.ts';
import { rate } from './harness/rate.ts';
import { type ReadableFile, readLoad } from './harness/read-load.ts';
import type { Instance, Scenario } from './harness/scenario.ts';

const inFlight = 64;
const flags = constants.O_RDONLY | constants.O_DIRECT;

function reader(file: ReadableFile): Instance {
  const read = readLoad(file, pages(inFlight * blockBytes));
  return {
    measure: (_point, seconds) => rate(inFlight, seconds, read, wholeBlock),
    close: () => file.close(),
  };
}

export const fileReadDirect: Scenario = {
  name: 'file-read-direct',
  title: '4 KiB O_DIRECT reads',
  unit: 'operations/s',
  axis: 'in flight',
  points: [String(inFlight)],
  prepare: makeDataFile,
  peers: [
    {
      name: 'rescind',
      start: async (workspace) => {
        const { open } = await import('rescind/fs');
        return reader(await open(dataFile(workspace), flags));
      },
    },
    {
      name: 'fs/promises',
      start: async (workspace) => {
        const { open } = await import('node:fs/promises');
        return reader(await open(dataFile(workspace), flags));
      },
    },
    { name: 'C io_uring', program: 'file-read', programArguments: (workspace) => [dataFile(workspace), 'direct'] },
  ],
  claims: [
    {
      work: '4 KiB O_DIRECT reads, 64 in flight',
      of: { peer: 'rescind', point: '64' },
      to: { peer: 'fs/promises', point: '64' },
      must: { atLeast: 2 },
      stretch: { atLeast: 2.2 },
    },
    {
      work: '4 KiB O_DIRECT reads, 64 in flight',
      of: { peer: 'rescind', point: '64' },
      to: { peer: 'C io_uring', point: '64' },
      must: { atLeast: 0.95 },
      stretch: { atLeast: 1.05 },
    },
  ],
};
