// The test files: where they are, how long each may take, and which may share the machine.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestFile {
  /** From the root of the project, with slashes: 'test/unit/errors.test.ts'. */
  path: string;
  limitSeconds: number;
  /** Whether its outcome does not depend on having the machine for itself. */
  shares: boolean;
}

const defaultLimitSeconds = 120;
const areas = ['test/unit/', 'test/contract/', 'test/integration/', 'test/soak/'];

/**
 * @param filters substrings of paths; a file is taken when it contains one of them, every file when there are none
 */
export function findTests(root: string, filters: readonly string[]): TestFile[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort((one, other) => areaOf(one) - areaOf(other) || (one < other ? -1 : 1))
    .map((path) => ({
      path,
      limitSeconds: limitOf(readFileSync(join(root, path), 'utf8')),
      shares: areaOf(path) === 0,
    }));
}

function areaOf(path: string): number {
  const index = areas.findIndex((area) => path.startsWith(area));
  return index === -1 ? areas.length : index;
}

// Among the comments a file starts with.
function limitOf(text: string): number {
  const opening = /^(?:\s*\/\/.*\n)*/.exec(text)?.[0] ?? '';
  const stated = /^\s*\/\/ time limit: (\d+) s$/m.exec(opening);
  return stated === null ? defaultLimitSeconds : Number(stated[1]);
}

/** Where tsc puts it. */
export function compiledPath(path: string): string {
  return `dist/${path.replace(/\.ts$/, '.js')}`;
}
