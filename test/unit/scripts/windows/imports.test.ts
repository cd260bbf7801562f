import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkImports, importedLibraries } from '../../../../scripts/windows/imports.ts';

const folder = mkdtempSync(join(tmpdir(), 'rescind-imports-'));
test.after(() => rmSync(folder, { recursive: true }));

const tableOf = (...names: string[]): string =>
  names.map((name) => ` 0003a000\t0003a040 00000000 00000000 0003b2ec 0003a480\n\n\tDLL Name: ${name}\n`).join('\n');

function objdump(...names: string[]): string {
  const path = join(folder, 'objdump');
  writeFileSync(path, `#!/bin/sh\ncat <<'end'\n${tableOf(...names)}end\n`, { mode: 0o755 });
  return path;
}

test('the names of imported libraries are read', () => {
  assert.equal(importedLibraries(tableOf('KERNEL32.dll', 'WS2_32.dll')), ['kernel32.dll', 'ws2_32.dll']);
});

test('libraries of the system are in order, and any other is named', () => {
  checkImports('a.node', objdump('KERNEL32.dll', 'msvcrt.dll', 'WS2_32.dll'));
  assert.throws(
    () => checkImports('a.node', objdump('KERNEL32.dll', 'libstdc++-6.dll', 'MSWSOCK.dll')),
    /^a\.node needs libstdc\+\+-6\.dll, mswsock\.dll, and may only need /,
  );
});

test('a table that cannot be read does not pass for one without imports', () => {
  assert.throws(() => checkImports('a.node', objdump()), /shows no imports of a\.node/);
});

test.run();
