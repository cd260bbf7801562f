// What is left for other I/O while 64 operations hang in a FUSE file system that does not answer.

import { HangingFileSystem, whyNoFuse } from '../test/support/fuse.ts';
import { blockBytes, dataFile, makeDataFile } from './harness/files.ts';
import { countFor } from './harness/rate.ts';
import { readLoad } from './harness/read-load.ts';
import type { Claim, Instance, Sample, Scenario } from './harness/scenario.ts';

const hung = 64;
const inFlight = 64;

type Files = typeof import('rescind/fs');

/** Starts the operations that will hang; what it returns takes them back. */
type Hang = (fs: Files, files: HangingFileSystem) => Promise<() => Promise<void>>;

const opens: Hang = async (fs, files) => {
  const controller = new AbortController();
  const pending = Array.from({ length: hung }, (_, index) =>
    fs.open(files.path(`hang-open-${index}`), 'r', undefined, { signal: controller.signal }).catch(() => {}),
  );
  return async () => {
    controller.abort();
    await Promise.all(pending);
  };
};

function reads(name: string): Hang {
  return async (fs, files) => {
    const controller = new AbortController();
    const handles = await Promise.all(
      Array.from({ length: hung }, (_, index) => fs.open(files.path(`${name}-${index}`))),
    );
    const buffers = handles.map(() => Buffer.alloc(blockBytes));
    const pending = handles.map((handle, index) =>
      handle.read(buffers[index] as Buffer, { position: 0, signal: controller.signal, detach: true }).catch(() => {}),
    );
    return async () => {
      controller.abort();
      await Promise.all(pending);
      files.release();
      // Not imported above: the processes of the other peers read this file too.
      const { quiescent } = await import('rescind');
      await Promise.all(buffers.map(({ buffer }) => quiescent(buffer)));
      await Promise.all(handles.map((handle) => handle.close()));
    };
  };
}

const hangs: Readonly<Record<string, Hang>> = {
  opens,
  'buffered-reads': reads('hang-read'),
  'direct-reads': reads('direct-read'),
};

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
