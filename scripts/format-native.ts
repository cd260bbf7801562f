// Formats the native sources by .clang-format. With --check it only says which differ and exits 1.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['native', 'test/native', 'test/support/windows', 'bench'].filter((folder) =>
  existsSync(`${root}${folder}`),
);
const sources = folders.flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:c|cc|h)$/.test(name))
    .map((name) => `${folder}/${name}`),
);
const how = process.argv.includes('--check') ? ['--dry-run', '--Werror'] : ['-i'];
const { status, error } = spawnSync(`${root}node_modules/.bin/clang-format`, ['--style=file', ...how, ...sources], {
  cwd: root,
  stdio: 'inherit',
});
if (error !== undefined) throw error;
process.exit(status ?? 1);
