// The addon finds Node-API and libuv in the program that loads it, whatever that is called.

import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runScript } from '../support/child.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const script = fileURLToPath(new URL(`./children/host-size.${extension}`, import.meta.url));

test('a program that is not called node loads the addon and runs operations', async () => {
  const program = join(temporaryDirectory(), 'another-host.exe');
  copyFileSync(process.execPath, program);
  const { code, stdout, stderr } = await runScript(script, { program });
  assert.is(stderr, '');
  assert.is(code, 0);
  assert.is(stdout.trim(), `another-host.exe has ${statSync(program).size} bytes`);
});

test.run();
