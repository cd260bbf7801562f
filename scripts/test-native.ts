// npx tsx scripts/test-native.ts: compiles and runs the tests under test/native, and ends with the line
// `N passed, N failed`. It needs g++ and nothing else.
//
//   [substring of a path …]   only these files
//   --sanitize                twice: with AddressSanitizer (its leak check too) and
//                             UndefinedBehaviorSanitizer, and with ThreadSanitizer
//
// A test names the sources it is linked with near its top, in one line or several:
// `// sources: native/a.cc native/b/*.cc`.

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endChildrenOnInterrupt, runChild } from './suite/child.ts';
import { addTally, noTests, summaryLine, summaryTally, type Tally } from './suite/tally.ts';

interface Build {
  name: string;
  flags: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

const plain: Build = { name: 'plain', flags: ['-O1'] };
const sanitized: readonly Build[] = [
  {
    name: 'address',
    flags: ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined', '-fno-omit-frame-pointer'],
    environment: { ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' },
  },
  { name: 'thread', flags: ['-O1', '-fsanitize=thread'], environment: { TSAN_OPTIONS: 'halt_on_error=1' } },
];

const root = fileURLToPath(new URL('..', import.meta.url));
const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Wno-missing-field-initializers'];
const compileFlags = ['-std=c++20', '-g', '-pthread', '-Inative', ...warnings];
const compileLimitSeconds = 180;
const runLimitSeconds = 120;

/** Native tests and headers, by path from the root. */
function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/** The sources a test names; a `*` stands for the rest of a file name. */
function sourcesOf(test: string): string[] {
  const lines = [...readFileSync(join(root, test), 'utf8').matchAll(/^\/\/ sources: (.+)$/gm)];
  if (lines.length === 0) throw new Error(`${test} names no sources: it needs a line "// sources: native/…"`);
  const patterns = lines.flatMap((line) => (line[1] as string).split(' '));
  return patterns.flatMap((pattern) => {
    if (!pattern.includes('*')) return [pattern];
    const [start, end] = pattern.split('*') as [string, string];
    const folder = dirname(`${start}x`);
    const found = readdirSync(join(root, folder))
      .map((name) => `${folder}/${name}`)
      .filter((path) => path.startsWith(start) && path.endsWith(end));
    if (found.length === 0) throw new Error(`${test}: no source is named ${pattern}`);
    return found.sort();
  });
}

function modifiedMs(path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

const headers = [...filesUnder('native', '.h'), ...filesUnder('native', '.def'), ...filesUnder('test/native', '.h')];
const headersMs = Math.max(...headers.map(modifiedMs));

async function compile(args: readonly string[]): Promise<void> {
  const { failure, output } = await runChild('g++', args, { directory: root, limitSeconds: compileLimitSeconds });
  if (failure !== null) throw new Error(`g++ ${args.join(' ')} ${failure}:\n${output}`);
}

/** An object file is used again until its source or any header is newer. */
async function objectOf(source: string, build: Build): Promise<string> {
  const object = `build/native/${build.name}/${source.replaceAll('/', '.')}.o`;
  if (modifiedMs(object) <= Math.max(modifiedMs(source), headersMs)) {
    await compile([...compileFlags, ...build.flags, '-c', source, '-o', object]);
  }
  return object;
}

async function runTest(test: string, build: Build): Promise<Tally> {
  const program = `build/native/${build.name}/${basename(test, '.test.cc')}`;
  const objects: string[] = [];
  for (const source of [test, ...sourcesOf(test)]) objects.push(await objectOf(source, build));
  await compile([...compileFlags, ...build.flags, ...objects, '-o', program]);
  const { failure, output } = await runChild(join(root, program), [], {
    directory: root,
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

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sanitize: { type: 'boolean', default: false } },
});
const tests = filesUnder('test/native', '.test.cc').filter(
  (test) => positionals.length === 0 || positionals.some((part) => test.includes(part)),
);

endChildrenOnInterrupt();
const total = noTests();
for (const build of values.sanitize ? sanitized : [plain]) {
  mkdirSync(join(root, `build/native/${build.name}`), { recursive: true });
  for (const test of tests) {
    try {
      addTally(total, await runTest(test, build));
    } catch (error) {
      console.log(`✘ ${test} (${build.name}): ${(error as Error).message}`);
      total.failed++;
    }
  }
}
console.log(summaryLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
