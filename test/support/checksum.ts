// Whether memory stays as it is once its operation has settled.

import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import { pause } from './deadline.ts';

export function checksum(view: NodeJS.ArrayBufferView): string {
  return createHash('sha1').update(view).digest('hex');
}

/** Remembers memory, and tells 50 ms later whether somebody wrote to it. */
export class MemoryWatch {
  readonly #watched: { view: NodeJS.ArrayBufferView; sum: string }[] = [];

  add(view: NodeJS.ArrayBufferView): void {
    this.#watched.push({ view, sum: checksum(view) });
  }

  async assertUnchanged(what: string, afterMs = 50): Promise<void> {
    if (this.#watched.length === 0) return;
    await pause(afterMs);
    for (const { view, sum } of this.#watched) {
      assert.is(checksum(view), sum, `${what}: memory was written to after its operation had settled`);
    }
  }
}
