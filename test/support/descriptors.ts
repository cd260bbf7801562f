// The open descriptors of this process.

import * as assert from 'uvu/assert';
import { hungAfterMs, pause } from './deadline.ts';
import { outside } from './outside.ts';

/** Every open descriptor and what it stands for. */
export function openDescriptors(): Map<number, string> {
  return outside.openDescriptors();
}

/** Closes at once a descriptor that no Handle owns. */
export function closeNow(descriptor: number): void {
  outside.close(descriptor);
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
