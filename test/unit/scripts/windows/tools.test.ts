import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as assert from 'uvu/assert';
import { findTools } from '../../../../scripts/windows/tools.ts';
import { onlyOnLinux } from '../../../support/platforms.ts';

const test = onlyOnLinux('Wine runs on Linux');

const root = mkdtempSync(join(tmpdir(), 'rescind-tools-'));
const first = join(root, 'first');
const second = join(root, 'second');
for (const folder of [first, second]) mkdirSync(folder);
writeFileSync(join(first, 'wine'), '', { mode: 0o755 });
writeFileSync(join(first, 'compiler'), 'not a program', { mode: 0o644 });
writeFileSync(join(second, 'compiler'), '', { mode: 0o755 });
writeFileSync(join(second, 'addr2line'), '', { mode: 0o755 });
test.after(() => rmSync(root, { recursive: true }));

const candidates = {
  wine: { package: 'of-wine', places: ['wine64', 'wine'] },
  wineserver: { package: 'of-server', places: [join(first, 'wine')] },
  addr2line: { package: 'of-mingw', places: ['addr2line'] },
  objdump: { package: 'of-mingw', places: ['addr2line'] },
  compiler: { package: 'of-mingw', places: ['compiler'] },
};

test('tools are found by name in the folders, and by path', () => {
  assert.equal(findTools([first, second].join(delimiter), candidates), {
    wine: join(first, 'wine'),
    wineserver: join(first, 'wine'),
    addr2line: join(second, 'addr2line'),
    objdump: join(second, 'addr2line'),
    compiler: join(second, 'compiler'),
  });
});

test('what is missing is named by its package, each once', () => {
  assert.throws(() => findTools(first, candidates), /: apt-get install of-mingw$/);
  assert.throws(() => findTools('', candidates), /: apt-get install of-wine of-mingw$/);
});

test.run();
