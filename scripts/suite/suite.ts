// Runs test files, each as its own process, and sums what they say.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildOptions, type ChildResult, runChild } from './child.ts';
import { compiledPath, findTests, type TestFile } from './files.ts';
import { addTally, noTests, summaryTally, type Tally, uvuTally } from './tally.ts';

export interface SuiteOptions {
  /** The project's root. */
  root: string;
  /** Substrings of the paths to run; none: all. */
  filters: readonly string[];
  /** Runs what tsc wrote instead of the sources. */
  compiled: boolean;
  /** The node binary. Default: the one that runs this. */
  node?: string | undefined;
  environment?: Readonly<Record<string, string>>;
  /** Starts node with these arguments. Default: `node` as a child of this process. */
  start?: (args: readonly string[], options: ChildOptions) => Promise<ChildResult>;
  /** Factor on every time limit, for slow runs. Default 1. */
  patience?: number;
  /** Receives what is worth showing. */
  report: (text: string) => void;
}

const nativeRunner = 'scripts/test-native.ts';
const nativeLimitSeconds = 600;

export async function runSuite(options: SuiteOptions): Promise<Tally> {
  const files = findTests(options.root, options.filters);
  const total = noTests();
  const queue = (shared: boolean): TestFile[] => files.filter(({ shares }) => shares === shared);
  const work = async (waiting: TestFile[]): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      addTally(total, await runFile(file, options));
    }
  };
  const sharing = queue(true);
  await Promise.all([work(sharing), work(sharing)]);
  await work(queue(false));
  if (runsNative(options)) addTally(total, await runNative(options));
  return total;
}

async function runFile({ path, limitSeconds }: TestFile, options: SuiteOptions): Promise<Tally> {
  const { root, compiled, node = process.execPath, environment, patience = 1, report } = options;
  const start = options.start ?? ((args, how) => runChild(node, args, how));
  const program = compiled ? compiledPath(path) : path;
  if (!existsSync(join(root, program))) {
    report(`✘ ${path}: ${program} is missing, run npm run build\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const loader = compiled ? [] : ['--import', 'tsx'];
  const result = await start(['--expose-gc', ...loader, program], {
    directory: root,
    limitSeconds: limitSeconds * patience,
    environment,
  });
  return judge(path, result, uvuTally(result.output), report);
}

// The tests of the native side know nothing of a node version or of compiled JavaScript, and need g++.
function runsNative({ root, compiled, filters }: SuiteOptions): boolean {
  if (compiled || process.platform === 'win32' || !existsSync(join(root, nativeRunner))) return false;
  return (
    filters.length === 0 || filters.some((filter) => nativeRunner.includes(filter) || 'test/native'.includes(filter))
  );
}

async function runNative({ root, patience = 1, environment, report }: SuiteOptions): Promise<Tally> {
  const result = await runChild(process.execPath, ['--import', 'tsx', nativeRunner], {
    directory: root,
    limitSeconds: nativeLimitSeconds * patience,
    environment,
  });
  return judge(nativeRunner, result, summaryTally(result.output), report);
}

function judge(name: string, result: ChildResult, said: Tally | null, report: (text: string) => void): Tally {
  const tally = said ?? noTests();
  let { failure } = result;
  if (failure === null && said === null) failure = 'printed no counts';
  if (failure === null && tally.passed + tally.failed + tally.skipped === 0) failure = 'has no tests';
  // Whatever else a file says, one that did not end well has failed.
  if (failure !== null && tally.failed === 0) tally.failed = 1;
  const seconds = result.seconds.toFixed(1);
  if (tally.failed === 0) {
    report(`• ${name} (${tally.passed}${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ''}, ${seconds} s)\n`);
  } else {
    report(`✘ ${name} (${tally.failed} failed, ${seconds} s)${failure === null ? '' : `: ${failure}`}\n`);
    report(`${result.output.trimEnd().replace(/^/gm, '    ')}\n`);
  }
  return tally;
}
