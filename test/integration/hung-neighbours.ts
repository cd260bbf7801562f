// Work that must go on while other operations hang.

import { deadline } from '../support/deadline.ts';
import { perform } from '../support/operations.ts';

const rounds = 2000;
const lanes = 16;

/** Does `once` 2,000 times and returns how many that were per second; fails when it does not end. */
export async function otherWork(once: () => Promise<unknown>): Promise<number> {
  let left = rounds;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await once();
  };
  const from = performance.now();
  await deadline(Promise.all(Array.from({ length: lanes }, lane)), 'other work while operations hang');
  return (rounds / (performance.now() - from)) * 1000;
}

/** A cached read, a status by path, and two operations that only threads can do. */
export async function readsAndLookups(descriptor: number, path: string): Promise<void> {
  await perform('fileRead', { on: descriptor, views: [new Uint8Array(4096)], offset: 0 });
  await perform('pathStatus', { bytes: path, argument0: 1 });
  await perform('pathAccess', { bytes: path });
  await perform('pathRealPath', { bytes: path });
}
