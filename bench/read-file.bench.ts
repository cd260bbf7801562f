// readFile() of a small file: open, read, close.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rate } from './harness/rate.ts';
import type { Claim, Instance, Scenario } from './harness/scenario.ts';

const bytes = 1024;

function path(workspace: string): string {
  return join(workspace, 'small');
}

function reader(readWhole: (path: string) => Promise<Buffer>, file: string): Instance {
  return {
    measure: (point, seconds) =>
      rate(
        Number(point),
        seconds,
        () => readWhole(file),
        (contents) => {
          if (contents.length !== bytes) throw new Error(`${contents.length} bytes read of ${bytes}`);
        },
      ),
  };
}

function claim(inFlight: number, must: number, stretch: number): Claim {
  return {
    work: `readFile of 1 KiB, ${inFlight} at a time`,
    of: { peer: 'rescind', point: String(inFlight) },
    to: { peer: 'fs/promises', point: String(inFlight) },
    must: { atLeast: must },
    stretch: { atLeast: stretch },
  };
}

export const readFile: Scenario = {
  name: 'read-file',
  title: 'readFile of 1 KiB',
  unit: 'operations/s',
  axis: 'at a time',
  points: ['1', '8', '64'],
  prepare: (workspace) => writeFile(path(workspace), Buffer.alloc(bytes, 'x')),
  peers: [
    {
      name: 'rescind',
      start: async (workspace) => {
        const fs = await import('rescind/fs');
        return reader((file) => fs.readFile(file) as Promise<Buffer>, path(workspace));
      },
    },
    {
      name: 'fs/promises',
      start: async (workspace) => {
        const fs = await import('node:fs/promises');
        return reader((file) => fs.readFile(file), path(workspace));
      },
    },
  ],
  claims: [claim(1, 20, 28), claim(8, 6, 8)],
};
