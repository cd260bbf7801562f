// The processes of one run under Wine. Wine chooses their parents and process groups, but hands the environment of the
// first on to all of them, also to those whose environment as Windows shows it is another.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export const markVariable = 'RESCIND_TEST_RUN';

const graceMs = 3000;
const pauseMs = 20;

/** Ids of the processes that carry the mark, without Wine's own services. */
export function marked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => textOf(`/proc/${name}/environ`).split('\0').includes(`${markVariable}=${mark}`))
    .filter((name) => !/^C:\\windows\\/i.test(textOf(`/proc/${name}/cmdline`)))
    .map(Number);
}

/** Waits a little for them to end of themselves, and kills those that do not. Returns how many it killed. */
export async function endMarked(mark: string, withinMs = graceMs): Promise<number> {
  const left = await stillThere(mark, withinMs);
  for (const id of left) {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
  // The kernel takes a moment.
  await stillThere(mark, graceMs);
  return left.length;
}

async function stillThere(mark: string, withinMs: number): Promise<number[]> {
  const end = performance.now() + withinMs;
  let left = marked(mark);
  while (left.length > 0 && performance.now() < end) {
    await delay(pauseMs);
    left = marked(mark);
  }
  return left;
}

// Empty for a process that is gone or somebody else's.
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
