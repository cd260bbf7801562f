// The same tests where there is no io_uring, and where its rings hold next to nothing.

import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { runScript } from '../../support/child.ts';
import { onlyOnLinux } from '../../support/platforms.ts';

const test = onlyOnLinux('there is one backend on Windows');

const everywhere = ['handles-as-node', 'paths-as-node', 'trees-as-node', 'trees', 'whole-files'];
// A thread that waits in a call cannot be called back, only left alone (`detachAfterMs`): what aborts do to
// files that wait is io_uring's to show.
const ringsOnly = ['aborted-files', 'memory-of-transfers', 'node-streams', 'web-streams'];

const place = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

for (const [backend, names] of [
  ['on-threads', everywhere],
  ['on-tiny-rings', [...everywhere, ...ringsOnly]],
] as const) {
  for (const name of names) {
    test(`${name}, ${backend.replaceAll('-', ' ')}`, async () => {
      const { code, signal, hung, stdout, stderr } = await runScript(place(`${name}.test.${extension}`), {
        nodeOptions: ['--import', new URL(`children/${backend}.${extension}`, import.meta.url).href],
        withinMs: 120_000,
      });
      assert.equal({ code, signal, hung }, { code: 0, signal: null, hung: false }, `${stdout}\n${stderr}`);
    });
  }
}

test.run();
