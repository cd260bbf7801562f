// The file the read scenarios share, and the walk over it.

import { open } from 'node:fs/promises';
import { join } from 'node:path';

export const blockBytes = 4096;
// Larger than the processor's caches: what is measured is the page cache.
const megabytes = 256;

export function dataFile(workspace: string): string {
  return join(workspace, 'data');
}

/** Makes the file, once, and reads it, so that the page cache holds it. */
export async function makeDataFile(workspace: string): Promise<void> {
  const file = await open(dataFile(workspace), 'a+');
  try {
    if ((await file.stat()).size > 0) return;
    const chunk = Buffer.alloc(1 << 20);
    for (let index = 0; index < megabytes; index++) await file.write(chunk.fill(index & 255));
    await file.sync();
    for (let index = 0; index < megabytes; index++) await file.read(chunk, 0, chunk.length, index << 20);
  } finally {
    await file.close();
  }
}

/**
 * Positions of successive reads: a prime stride, so that no two neighbours follow each other. The number of
 * blocks is a power of two, so that the walk costs nothing worth measuring.
 */
export function positions(): () => number {
  const blocks = (megabytes << 20) / blockBytes;
  let block = 0;
  return () => {
    block = (block + 7919) & (blocks - 1);
    return block * blockBytes;
  };
}

/** Throws unless a read was whole. */
export function wholeBlock({ bytesRead }: { bytesRead: number }): void {
  if (bytesRead !== blockBytes) throw new Error(`${bytesRead} bytes read of ${blockBytes}`);
}
