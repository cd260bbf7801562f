// 4 KiB reads that go to the device (O_DIRECT).

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { blockBytes, dataFile, makeDataFile, wholeBlock } from './harness/files.ts';
import { rate } from './harness/rate.ts';
import { type ReadableFile, readLoad } from './harness/read-load.ts';
import type { Instance, Scenario } from './harness/scenario.ts';

const inFlight = 64;
const flags = constants.O_RDONLY | constants.O_DIRECT;

// The device wants aligned memory, and JavaScript cannot see addresses: try until a read goes through.
function alignedMemory(path: string): Buffer {
  const memory = Buffer.alloc((inFlight + 1) * blockBytes);
  const file = openSync(path, flags);
  try {
    for (let offset = 0; offset < blockBytes; offset += 16) {
      try {
        readSync(file, memory, offset, blockBytes, 0);
        return memory.subarray(offset, offset + inFlight * blockBytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
  throw new Error('no aligned memory found for O_DIRECT');
}

function reader(file: ReadableFile, path: string): Instance {
  const read = readLoad(file, alignedMemory(path));
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
        return reader(await open(dataFile(workspace), flags), dataFile(workspace));
      },
    },
    {
      name: 'fs/promises',
      start: async (workspace) => {
        const { open } = await import('node:fs/promises');
        return reader(await open(dataFile(workspace), flags), dataFile(workspace));
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
