// The open descriptors of this process.

import { readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { hungAfterMs, pause } from './deadline.ts';

// Where tsx keeps what it has compiled; it cleans up there while the tests run.
const tsxCache = join(tmpdir(), 'tsx-');

/** Every open descriptor and what it stands for, as /proc tells it. */
export function openDescriptors(): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`);
      if (!target.startsWith(tsxCache)) found.set(Number(name), target);
    } catch {
      // The one readdir itself had open.
    }
  }
  return found;
}

/** Waits until the descriptors are those of `before` again; fails and names the strangers if they stay. */
export async function assertSameDescriptors(
  before: Map<number, string>,
  what: string,
  /** Targets that are somebody else's affair. */
  except?: RegExp,
): Promise<void> {
  const end = performance.now() + hungAfterMs / 4;
  let strange: string[] = [];
  do {
    const now = openDescriptors();
    strange = [];
    for (const [descriptor, target] of now) {
      if (before.get(descriptor) !== target && except?.test(target) !== true)
        strange.push(`left open: ${descriptor} → ${target}`);
    }
    for (const [descriptor, target] of before) {
      if (now.get(descriptor) !== target) strange.push(`lost: ${descriptor} → ${target}`);
    }
    if (strange.length === 0) return;
    await pause(2);
  } while (performance.now() < end);
  assert.unreachable(`${what}: ${strange.join('; ')}`);
}
