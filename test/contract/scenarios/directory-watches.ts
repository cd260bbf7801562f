// Operations of Windows that wait for a change of a directory.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { perform, start } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { fresh } from '../scene.ts';
import type { Scenario, Stage } from '../stage.ts';

/** The names in the records of FILE_NOTIFY_INFORMATION. */
function namesIn(records: Uint8Array): string[] {
  const names: string[] = [];
  const bytes = Buffer.from(records);
  for (let at = 0, next = 1; next !== 0 && at < bytes.byteLength; at += next) {
    next = bytes.readUInt32LE(at);
    names.push(bytes.toString('utf16le', at + 12, at + 12 + bytes.readUInt32LE(at + 8)));
  }
  return names;
}

async function watching(): Promise<Stage> {
  const directory = temporaryDirectory();
  const handle = new Handle(runtime, await perform('directoryWatchOpen', { bytes: directory }));
  let made = 0;
  const read = (options?: Parameters<Stage['start']>[0]): ReturnType<Stage['start']> =>
    start('directoryWatchRead', { on: handle, views: [fresh(4096)] }, options);
  // The system keeps changes for a handle from its first read on.
  const first = new AbortController();
  const begun = read({ signal: first.signal }).promise.catch(() => {});
  await perform('noop');
  first.abort();
  await begun;
  return {
    handle,
    start: read,
    release: () => writeFileSync(join(directory, `made-${made++}`), ''),
    check: async (outcomes) => {
      if (handle.closing) return;
      const seen = new Set<string>();
      for (const { resolved, value, trace } of outcomes) {
        if (resolved) for (const name of namesIn((trace.views[0] as Uint8Array).subarray(0, value))) seen.add(name);
      }
      for (let quiet = false; !quiet; ) {
        const { promise, trace } = read({ timeoutMs: 40 });
        const bytes = await promise.catch((error: Error) => {
          assert.is(error.name, 'TimeoutError');
          return -1;
        });
        quiet = bytes < 0;
        if (!quiet) for (const name of namesIn((trace.views[0] as Uint8Array).subarray(0, bytes))) seen.add(name);
      }
      assert.equal(
        [...seen].sort(),
        Array.from({ length: made }, (_, index) => `made-${index}`),
        'names of files that were made',
      );
    },
    close: () => handle.close(),
  };
}

export const directoryWatchScenarios: readonly Scenario[] = [
  {
    name: 'directoryWatchRead of a directory that does not change',
    abilities: ['many', 'release', 'handle', 'cancel'],
    prepare: watching,
  },
];
