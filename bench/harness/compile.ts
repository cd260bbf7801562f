// Builds what the measured processes run: the TypeScript as plain JavaScript, the C programs with gcc -O2.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programPath } from './child-peer.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export function compileTypeScript(): void {
  execFileSync('npm', ['run', '--silent', 'build:typescript'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

export function compilePrograms(): void {
  const sources = join(root, 'bench', 'c');
  mkdirSync(programPath(''), { recursive: true });
  for (const source of readdirSync(sources).filter((name) => name.endsWith('.c'))) {
    const output = programPath(basename(source, '.c'));
    execFileSync('gcc', ['-O2', '-o', output, join(sources, source)], { stdio: ['ignore', 'inherit', 'inherit'] });
  }
}
