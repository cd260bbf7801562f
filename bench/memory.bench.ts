// Resident memory of one pending read, without its buffer.

import { closeSync, writeSync } from 'node:fs';
import { makeFifos, openBothEnds } from './harness/fifos.ts';
import type { Instance, Sample, Scenario } from './harness/scenario.ts';

const pending = 20_000;
const nodeArguments = ['--expose-gc'];

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

async function residentBytes(): Promise<number> {
  // Twice: what the first collection finalises, the second frees.
  for (let round = 0; round < 2; round++) {
    (globalThis as { gc?: () => void }).gc?.();
    await pause();
  }
  return process.memoryUsage.rss();
}

interface ReadableFile {
  read(buffer: Uint8Array, offset: number, length: number, position: null): Promise<{ bytesRead: number }>;
  close(): Promise<void>;
}

// All reads go to one FIFO and into one byte of memory, so that what is left is the operations themselves.
// With fs/promises four of them sit in the kernel and the rest in libuv's queue; with us all are pending,
// those beyond maxInFlight in JavaScript.
function holder(file: ReadableFile, writer: number): Instance {
  const buffer = Buffer.alloc(1);
  async function readAll(count: number, whilePending: () => Promise<void>): Promise<void> {
    const reads = Array.from({ length: count }, () => file.read(buffer, 0, 1, null));
    await whilePending();
    for (let left = count; left > 0; ) left -= writeSync(writer, Buffer.alloc(Math.min(left, 4096)));
    await Promise.all(reads);
  }

  async function measure(): Promise<Sample> {
    // A few first, so that code and tables made once are not counted.
    await readAll(64, pause);
    const before = await residentBytes();
    let during = 0;
    await readAll(pending, async () => {
      during = await residentBytes();
    });
    return { value: (during - before) / pending };
  }
  return {
    measure,
    close: async () => {
      await file.close();
      closeSync(writer);
    },
  };
}

export const memory: Scenario = {
  name: 'memory',
  title: 'resident memory per pending read',
  unit: 'bytes',
  axis: 'pending',
  points: [String(pending)],
  freshProcesses: true,
  peers: [
    {
      name: 'rescind',
      nodeArguments,
      start: async (workspace) => {
        const { open } = await import('rescind/fs');
        const path = makeFifos(workspace, 1)[0] as string;
        const writer = openBothEnds(path);
        return holder(await open(path, 'r'), writer);
      },
    },
    {
      name: 'fs/promises',
      nodeArguments,
      start: async (workspace) => {
        const { open } = await import('node:fs/promises');
        const path = makeFifos(workspace, 1)[0] as string;
        const writer = openBothEnds(path);
        return holder(await open(path, 'r'), writer);
      },
    },
  ],
  claims: [
    {
      work: 'resident memory per pending operation',
      of: { peer: 'rescind', point: String(pending) },
      to: { peer: 'fs/promises', point: String(pending) },
      must: { atMost: 1 / 5 },
      stretch: { atMost: 1 / 7 },
    },
  ],
};
