// A process ends as it was told to, in bounded time, whatever is pending.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../src/binding.ts';
import { uringSettings } from '../support/backends.ts';
import { runScript } from '../support/child.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const script = fileURLToPath(new URL(`./children/exit.${extension}`, import.meta.url));

interface End {
  how: string;
  sentence: string;
  code?: number | null;
  signal?: NodeJS.Signals | null;
  says?: RegExp;
}

const ends: readonly End[] = [
  { how: 'unref', sentence: 'ends by itself when all that is pending is on unreferenced handles' },
  { how: 'unref-before', sentence: 'ends by itself when a handle was unreferenced before its operation' },
  { how: 'unref-ref', sentence: 'stays for an operation on a handle that is referenced again', says: /read 1/ },
  { how: 'keeps-alive', sentence: 'stays for a pending operation', says: /finished/ },
  { how: 'exit', sentence: 'ends by process.exit() with operations pending', code: 7 },
  { how: 'exit-staged', sentence: 'ends by process.exit() with an operation not given to the kernel yet', code: 7 },
  { how: 'exit-aborting', sentence: 'ends by process.exit() in the tick of an abort', code: 7 },
  { how: 'exit-in-completion', sentence: 'ends by process.exit() in the continuation of an operation', code: 7 },
  { how: 'throw', sentence: 'ends by an uncaught exception', code: 1, says: /on purpose/ },
  { how: 'throw-in-completion', sentence: 'ends by an unhandled rejection', code: 1, says: /on purpose/ },
  // Windows has no signals: who sends one to itself ends with 1.
  ...(platform === 'win32'
    ? [{ how: 'signal', sentence: 'ends by a signal', code: 1 }]
    : [{ how: 'signal', sentence: 'ends by a signal', code: null, signal: 'SIGTERM' as const }]),
  { how: 'abort', sentence: 'ends by itself when everything pending was aborted' },
];

for (const uring of uringSettings) {
  for (const { how, sentence, code = 0, signal = null, says } of ends) {
    test(`a process ${sentence} (uring ${uring})`, async () => {
      const result = await runScript(script, { arguments: [how, uring], withinMs: 20_000 });
      const said = result.stdout + result.stderr;
      assert.not(result.hung, `hung: ${said}`);
      assert.is(result.signal, signal, said);
      assert.is(result.code, code, said);
      if (says !== undefined) assert.match(said, says);
    });
  }
}

test.run();
