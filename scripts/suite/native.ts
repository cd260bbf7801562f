// Compiles and runs tests of the native side, for this system or for another.
//
// A test names the sources it is linked with near its top, in one line or several:
// `// sources: native/a.cc native/b/*.cc`.

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ChildOptions, type ChildResult, runChild } from './child.ts';
import { noTests, summaryTally, type Tally } from './tally.ts';

/** A way to make programs, and to run what it makes. */
export interface NativeBuild {
  /** Also the name of a folder under build/native. */
  name: string;
  compiler: string;
  flags: readonly string[];
  /** Behind the objects, when they are linked. */
  libraries?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** Default: as a child of this process. */
  run?: (program: string, options: ChildOptions) => Promise<ChildResult>;
}

const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Wno-missing-field-initializers'];
const compileFlags = ['-std=c++20', '-g', '-Inative', '-Itest/native', ...warnings];
const compileLimitSeconds = 180;
const runLimitSeconds = 120;

/** Files of a folder and those below it, by path from the root. */
export function filesUnder(root: string, folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();
}

export class NativeRunner {
  readonly #root: string;
  readonly #headersMs: number;

  constructor(root: string) {
    this.#root = root;
    const headers = ['.h', '.def'].flatMap((ending) => filesUnder(root, 'native', ending));
    headers.push(...filesUnder(root, 'test/native', '.h'));
    this.#headersMs = Math.max(...headers.map((header) => this.#modifiedMs(header)));
  }

  /** Never rejects: a test that cannot be compiled has failed. */
  async run(test: string, build: NativeBuild): Promise<Tally> {
    try {
      return await this.#run(test, build);
    } catch (error) {
      console.log(`✘ ${test} (${build.name}): ${(error as Error).message}`);
      return { ...noTests(), failed: 1 };
    }
  }

  async #run(test: string, build: NativeBuild): Promise<Tally> {
    const program = await this.#programOf(test, build);
    const run = build.run ?? ((path, options) => runChild(path, [], options));
    const { failure, output } = await run(program, {
      directory: this.#root,
      limitSeconds: runLimitSeconds,
      environment: build.environment,
    });
    const tally = summaryTally(output) ?? noTests();
    // A sanitizer reports after the tests have said that all is well.
    if (failure !== null && tally.failed === 0) tally.failed = 1;
    if (tally.passed + tally.failed === 0) tally.failed = 1;
    if (tally.failed > 0) console.log(`${output}✘ ${test} (${build.name})${failure === null ? '' : ` ${failure}`}`);
    else console.log(`✔ ${test} (${build.name}): ${tally.passed}`);
    return tally;
  }

  async #programOf(test: string, build: NativeBuild): Promise<string> {
    mkdirSync(join(this.#root, `build/native/${build.name}`), { recursive: true });
    const program = join(this.#root, `build/native/${build.name}/${basename(test, '.test.cc')}`);
    const objects: string[] = [];
    for (const source of [test, ...this.#sourcesOf(test)]) objects.push(await this.#objectOf(source, build));
    await this.#compile(build, [...objects, '-o', program, ...(build.libraries ?? [])]);
    return program;
  }

  /** The sources a test names; a `*` stands for the rest of a file name. */
  #sourcesOf(test: string): string[] {
    const lines = [...readFileSync(join(this.#root, test), 'utf8').matchAll(/^\/\/ sources: (.+)$/gm)];
    if (lines.length === 0) throw new Error(`${test} names no sources: it needs a line "// sources: native/…"`);
    const patterns = lines.flatMap((line) => (line[1] as string).split(' '));
    return patterns.flatMap((pattern) => {
      if (!pattern.includes('*')) return [pattern];
      const [start, end] = pattern.split('*') as [string, string];
      const folder = dirname(`${start}x`);
      const found = readdirSync(join(this.#root, folder))
        .map((name) => `${folder}/${name}`)
        .filter((path) => path.startsWith(start) && path.endsWith(end));
      if (found.length === 0) throw new Error(`${test}: no source is named ${pattern}`);
      return found.sort();
    });
  }

  /** An object file is used again until its source or any header is newer. */
  async #objectOf(source: string, build: NativeBuild): Promise<string> {
    const object = `build/native/${build.name}/${source.replaceAll('/', '.')}.o`;
    if (this.#modifiedMs(object) <= Math.max(this.#modifiedMs(source), this.#headersMs)) {
      await this.#compile(build, ['-c', source, '-o', object]);
    }
    return object;
  }

  async #compile({ compiler, flags }: NativeBuild, args: readonly string[]): Promise<void> {
    const { failure, output } = await runChild(compiler, [...compileFlags, ...flags, ...args], {
      directory: this.#root,
      limitSeconds: compileLimitSeconds,
    });
    if (failure !== null) throw new Error(`${compiler} ${args.join(' ')} ${failure}:\n${output}`);
  }

  #modifiedMs(path: string): number {
    return statSync(join(this.#root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }
}
