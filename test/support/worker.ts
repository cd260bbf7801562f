// Worker threads that run a file of the tests. tsx does not reach into worker threads on every version of
// Node: the file is bundled with the esbuild that tsx brings, to where binding.ts finds the addon from.

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { projectRoot } from './root.ts';

const bundles = new Map<string, string>();

function bundle(file: string): string {
  const known = bundles.get(file);
  if (known !== undefined) return known;
  const require = createRequire(createRequire(import.meta.url).resolve('tsx/package.json'));
  const { buildSync } = require('esbuild') as { buildSync(options: object): void };
  const outfile = join(projectRoot, 'build', `${basename(file, '.ts')}-${process.pid}.mjs`);
  buildSync({ entryPoints: [file], bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile });
  process.once('exit', () => rmSync(outfile, { force: true }));
  bundles.set(file, outfile);
  return outfile;
}

function scriptOf(relative: string, moduleUrl: string): string {
  const file = fileURLToPath(new URL(relative, moduleUrl));
  return file.endsWith('.ts') ? bundle(file) : file;
}

/** Has Node, and what bundles the file, open what they open once and keep. */
export async function warmWorkers(relative: string, moduleUrl: string): Promise<void> {
  scriptOf(relative, moduleUrl);
  await once(new Worker('', { eval: true, execArgv: [] }), 'exit');
}

/** Starts a worker thread on a file next to the module with this URL. */
export function startWorker(relative: string, moduleUrl: string, options: WorkerOptions = {}): Worker {
  return new Worker(scriptOf(relative, moduleUrl), { ...options, execArgv: [] });
}
