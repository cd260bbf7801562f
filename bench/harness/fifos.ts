// FIFOs: what an operation hangs on for as long as nobody comes to the other end.

import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Makes `count` FIFOs in a new directory of the workspace. */
export function makeFifos(workspace: string, count: number): string[] {
  const directory = mkdtempSync(join(workspace, 'fifos-'));
  const paths = Array.from({ length: count }, (_, index) => join(directory, String(index)));
  execFileSync('mkfifo', paths);
  return paths;
}

/** Opens a FIFO for both ends, which never waits. */
export function openBothEnds(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
}

/** Lets every open that waits for the other end of a FIFO go on. */
export function releaseOpens(paths: readonly string[]): () => void {
  const descriptors = paths.map(openBothEnds);
  return () => {
    for (const descriptor of descriptors) closeSync(descriptor);
  };
}
