// A pending operation keeps the process alive as long as it has to, and no longer.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runScript } from '../../support/child.ts';
import { onlyOnLinux } from '../../support/platforms.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const script = fileURLToPath(new URL(`./children/keep-alive.${extension}`, import.meta.url));

const sentences: Record<string, [sentence: string, says: string]> = {
  'pending-timer': ['lives for a pending operation', 'finished\n'],
  'pending-pool': ['lives for an operation on a thread of the pool', 'finished\n'],
  'many-in-a-row': ['lives from one operation to the next', 'finished\n'],
  unref: ['ends although an operation on an unreferenced handle is pending', ''],
  'unref-while-pending': ['ends when the handle of its last operation is unreferenced', ''],
  'unref-waiting-deadline': ['ends although an unreferenced operation with a deadline waits for room', ''],
  'ref-waiting': ['lives for a referenced operation that waits behind an unreferenced one', 'finished\n'],
  'aborted-detached': ['ends when the last caller was told although a thread still hangs', 'finished\n'],
  'closed-unref': ['lives until a close has finished, also of an unreferenced handle', 'told\nfinished\n'],
};

for (const [way, [sentence, says]] of Object.entries(sentences)) {
  const testOf = way === 'aborted-detached' ? onlyOnLinux('a call of the pool that does not come back') : test;
  testOf(`a process ${sentence}`, async () => {
    const { code, signal, hung, stdout, stderr } = await runScript(script, { arguments: [way], withinMs: 15_000 });
    assert.not(hung, `still alive after 15 s: ${stdout}${stderr}`);
    assert.is(signal, null, stderr);
    assert.is(code, 0, stderr);
    assert.is(stdout, says);
  });
}

test.run();
