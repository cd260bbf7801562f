// Directories that are gone when the process is.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** Makes an empty directory; it is removed when the process exits. */
export function temporaryDirectory(): string {
  if (made.length === 0) {
    process.once('exit', () => {
      for (const directory of made) remove(directory);
    });
  }
  const directory = mkdtempSync(join(tmpdir(), 'rescind-test-'));
  made.push(directory);
  return directory;
}

function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    // On Windows what a test that failed has left open keeps its directory.
    console.error(String(error));
  }
}
