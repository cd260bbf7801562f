// Operations that hang in a FUSE file system.

import type { HangingFileSystem } from '../../test/support/fuse.ts';
import { blockBytes } from './files.ts';
import { detachAfterMs, slowestSettlement } from './settlement.ts';

export const hung = 64;

type Files = typeof import('rescind/fs');

/** Starts the operations; what it returns takes them back and tells how many milliseconds the slowest took to settle. */
type Hang = (fs: Files, files: HangingFileSystem) => Promise<() => Promise<number>>;

const opens: Hang = async (fs, files) => {
  const controller = new AbortController();
  const { signal } = controller;
  const pending = Array.from({ length: hung }, (_, index) =>
    fs.open(files.path(`hang-open-${index}`), 'r', undefined, { signal, detachAfterMs }),
  );
  return () => slowestSettlement(controller, pending);
};

function reads(name: string): Hang {
  return async (fs, files) => {
    const controller = new AbortController();
    const { signal } = controller;
    const handles = await Promise.all(
      Array.from({ length: hung }, (_, index) => fs.open(files.path(`${name}-${index}`))),
    );
    const buffers = handles.map(() => Buffer.alloc(blockBytes));
    const pending = handles.map((handle, index) =>
      handle.read(buffers[index] as Buffer, { position: 0, signal, detach: true, detachAfterMs }),
    );
    return async () => {
      const slowest = await slowestSettlement(controller, pending);
      files.release();
      // Not imported above: the processes of the other peers read this file too.
      const { quiescent } = await import('rescind');
      await Promise.all(buffers.map(({ buffer }) => quiescent(buffer)));
      await Promise.all(handles.map((handle) => handle.close()));
      return slowest;
    };
  };
}

export const hangs: Readonly<Record<string, Hang>> = {
  opens,
  'buffered-reads': reads('hang-read'),
  'direct-reads': reads('direct-read'),
};
