// Whether text is TypeScript that compiles against this package.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './root.ts';

let checks = 0;

/** What the compiler says of the modules, '' when they compile. */
export function typeErrors(modules: Readonly<Record<string, string>>, settings: object): string {
  // Inside the package, so that they can import it by name.
  const directory = join(projectRoot, `build-check-${process.pid}-${checks++}`);
  mkdirSync(directory);
  try {
    for (const [name, code] of Object.entries(modules)) writeFileSync(join(directory, `${name}.ts`), code);
    const files = Object.keys(modules).map((name) => `${name}.ts`);
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ ...settings, include: files }));
    const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [compiler, '--noEmit', '--project', directory], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout ?? error);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
