// npm run tidy: what a machine can check of how the code is written. The rules are in scripts/tidy/.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check } from './tidy/check.ts';
import { exceptions } from './tidy/exceptions.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
});
if (listed.status !== 0) throw new Error(`git cannot list the files: ${listed.stderr}`);
const paths = listed.stdout.split('\0').filter((path) => path !== '' && existsSync(`${root}${path}`));

const problems = check(
  { files: new Map(paths.map((path) => [path, readFileSync(`${root}${path}`, 'utf8')])) },
  exceptions,
);

const generated = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/generate-wire.ts', '--check'], {
  cwd: root,
  encoding: 'utf8',
});
if (generated.status !== 0) {
  problems.push({ rule: 'generated', path: 'src/wire/operations.ts', message: generated.stderr.trim() });
}

for (const { rule, path, message, warning } of problems) {
  console.log(`${warning ? 'warning' : 'error'} [${rule}] ${path}: ${message}`);
}
const errors = problems.filter(({ warning }) => warning !== true).length;
console.log(`tidy: ${paths.length} files, ${errors} errors, ${problems.length - errors} warnings`);
process.exit(errors > 0 ? 1 : 0);
