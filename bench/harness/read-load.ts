// 4 KiB reads of the data file, each loop with a buffer of its own: the work of every read scenario.

import { blockBytes, positions } from './files.ts';

export interface ReadableFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  close(): Promise<void>;
}

/** Cuts memory into one block per loop. */
export function blocksOf(memory: Buffer): Buffer[] {
  return Array.from({ length: memory.length / blockBytes }, (_, index) =>
    memory.subarray(index * blockBytes, (index + 1) * blockBytes),
  );
}

/** Starts the next read of loop `loop`. */
export function readLoad(file: ReadableFile, memory: Buffer): (loop: number) => Promise<{ bytesRead: number }> {
  const buffers = blocksOf(memory);
  const next = positions();
  return (loop) => file.read(buffers[loop] as Buffer, 0, blockBytes, next());
}
