// A buffer is moved away in the middle of an operation: the kernel's memory stays where it is.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uringSettings } from '../support/backends.ts';
import { runScript } from '../support/child.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

for (const backend of uringSettings) {
  test(`memory lent to the kernel outlives its buffer (uring ${backend})`, async () => {
    const file = fileURLToPath(new URL(`./children/transferred-buffers.${extension}`, import.meta.url));
    const { code, signal, stdout, stderr, hung } = await runScript(file, {
      arguments: [backend],
      nodeOptions: ['--expose-gc'],
    });
    assert.not(hung, `hung: ${stdout}${stderr}`);
    assert.is(signal, null, stderr);
    assert.is(code, 0, stderr);
    assert.match(stdout, /done/);
  });
}

test.run();
