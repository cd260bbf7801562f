// 4 KiB reads of a file the page cache holds.

import { blockBytes, dataFile, makeDataFile, wholeBlock } from './harness/files.ts';
import { pages } from './harness/pages.ts';
import { rate } from './harness/rate.ts';
import { type ReadableFile, readLoad } from './harness/read-load.ts';
import type { Claim, Instance, Scenario } from './harness/scenario.ts';

const mostInFlight = 256;

function reader(file: ReadableFile): Instance {
  const read = readLoad(file, pages(mostInFlight * blockBytes));
  return {
    measure: (point, seconds) => rate(Number(point), seconds, read, wholeBlock),
    close: () => file.close(),
  };
}

function overNode(inFlight: number, must: number, stretch: number): Claim {
  return {
    work: `4 KiB cached reads, ${inFlight} in flight`,
    of: { peer: 'rescind', point: String(inFlight) },
    to: { peer: 'fs/promises', point: String(inFlight) },
    must: { atLeast: must },
    stretch: { atLeast: stretch },
  };
}

export const fileRead: Scenario = {
  name: 'file-read',
  title: '4 KiB cached reads',
  unit: 'operations/s',
  axis: 'in flight',
  points: ['1', '8', '64', '256'],
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
    { name: 'C io_uring', program: 'file-read', programArguments: (workspace) => [dataFile(workspace), 'cached'] },
  ],
  claims: [
    overNode(1, 20, 28),
    overNode(8, 4.5, 5.5),
    overNode(64, 5, 6),
    overNode(256, 5, 6),
    {
      work: '4 KiB cached reads, 64 in flight',
      of: { peer: 'rescind', point: '64' },
      to: { peer: 'C io_uring', point: '64' },
      must: { atLeast: 0.78 },
      stretch: { atLeast: 0.88 },
    },
  ],
};
