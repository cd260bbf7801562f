// Runs one file of tests once per backend, each in a process of its own: the backend is chosen before the
// first operation of a process.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../src/binding.ts';
import type { Settings } from '../../src/runtime/settings.ts';
import { runScript } from './child.ts';

export interface Backend {
  name: string;
  settings: Partial<Settings>;
}

export const rings: Backend = { name: 'io_uring', settings: { uring: 'auto' } };
export const tinyRings: Backend = {
  name: 'tiny io_uring',
  settings: { uring: 'auto', entries: 2, completionEntries: 4, maxInFlight: 8 },
};
export const threads: Backend = { name: 'threads', settings: { uring: 'off' } };
// On Windows the settings choose nothing: there is one way.
const completionPort: Backend = { name: 'completion port', settings: {} };

/** What the setting `uring` may be where it makes a difference. */
export const uringSettings: readonly Settings['uring'][] = platform === 'win32' ? ['auto'] : ['auto', 'off'];

const marker = '--backend=';

/**
 * In the process the user started: one test per backend, that runs the same file again. In that second
 * process: calls `define`, which configures the runtime and registers the tests. On Windows there is one backend,
 * whatever `ofLinux` says.
 */
export function onBackends(
  moduleUrl: string,
  ofLinux: readonly Backend[],
  define: (backend: Backend) => void | Promise<void>,
  withinMs = 120_000,
): void {
  const backends = platform === 'win32' ? [completionPort] : ofLinux;
  const chosen = process.argv.find((argument) => argument.startsWith(marker))?.slice(marker.length);
  if (chosen !== undefined) {
    const backend = backends.find(({ name }) => name === chosen);
    if (backend === undefined) throw new Error(`no backend ${chosen}`);
    void Promise.resolve(define(backend)).then(() => test.run());
    return;
  }
  const file = fileURLToPath(moduleUrl);
  for (const backend of backends) {
    test(`holds on ${backend.name}`, async () => {
      const child = await runScript(file, { arguments: [marker + backend.name], withinMs });
      process.stdout.write(`\n${backend.name}:\n${child.stdout}${child.stderr}`);
      assert.not(child.hung, `${backend.name}: did not end within ${withinMs} ms`);
      assert.is(child.signal, null, `${backend.name}: ended by a signal`);
      assert.is(child.code, 0, `${backend.name}: exit code`);
    });
  }
  test.run();
}
