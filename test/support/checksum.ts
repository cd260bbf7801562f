// Whether memory stays as it is once its operation has settled.

import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import { pause } from './deadline.ts';

/** Milliseconds after which memory is looked at again. */
const lookAgainMs = 50;

export function checksum(view: NodeJS.ArrayBufferView): string {
  return createHash('sha1').update(view).digest('hex');
}

interface Watched {
  what: string;
  view: NodeJS.ArrayBufferView;
  sum: string;
  since: number;
}

/** Remembers memory, and tells at least 50 ms later whether somebody wrote to it. */
export class MemoryWatch {
  #watched: Watched[] = [];

  add(view: NodeJS.ArrayBufferView, what: string): void {
    this.#watched.push({ what, view, sum: checksum(view), since: performance.now() });
  }

  /** Looks at what has been watched for long enough, and watches it no more. */
  assertUnchanged(): void {
    const before = performance.now() - lookAgainMs;
    const due = this.#watched.filter(({ since }) => since <= before);
    this.#watched = this.#watched.filter(({ since }) => since > before);
    for (const { what, view, sum } of due) {
      assert.is(checksum(view), sum, `${what}: memory was written to after its operation had settled`);
    }
  }

  /** Waits, and looks at all that is left. */
  async assertAllUnchanged(): Promise<void> {
    await pause(lookAgainMs + 1);
    this.assertUnchanged();
  }
}
