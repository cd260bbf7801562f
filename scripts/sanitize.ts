// npm run test:sanitize [-- substring of a path …]: the compiled tests against an addon built with
// AddressSanitizer and UndefinedBehaviorSanitizer.
//
// It works on a copy of the tree under build-sanitize: the addon is loaded from one place beside its
// JavaScript, and nothing in the environment may point it elsewhere.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endChildrenOnInterrupt, runChild } from './suite/child.ts';
import { runSuite } from './suite/suite.ts';
import { summaryLine } from './suite/tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = `${root}build-sanitize`;

// The compiled addon stays, so that a second run builds what has changed.
function copyTree(): void {
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(copy)) if (name !== 'build') rmSync(`${copy}/${name}`, { recursive: true });
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const path of listed.split('\0')) {
    if (path !== '' && existsSync(`${root}${path}`)) {
      cpSync(`${root}${path}`, `${copy}/${path}`, { preserveTimestamps: true });
    }
  }
  symlinkSync(`${root}node_modules`, `${copy}/node_modules`);
}

async function build(): Promise<void> {
  for (const [tool, ...args] of [
    ['cmake-js', 'compile', '--silent', '--CDRESCIND_SANITIZE=ON'],
    ['tsc', '--project', 'tsconfig.json'],
  ] as const) {
    const { failure, output } = await runChild(`${root}node_modules/.bin/${tool}`, args, {
      directory: copy,
      limitSeconds: 900,
    });
    if (failure !== null) throw new Error(`${tool} ${failure}:\n${output}`);
  }
}

// node itself is not built with them, so they must be there before it starts.
function sanitizerLibraries(): string {
  return ['libasan.so', 'libubsan.so']
    .map((name) => execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim())
    .join(':');
}

endChildrenOnInterrupt();
copyTree();
await build();
const tally = await runSuite({
  root: copy,
  filters: process.argv.slice(2),
  compiled: true,
  patience: 4,
  environment: {
    LD_PRELOAD: sanitizerLibraries(),
    // No leak check: node leaves its own memory to the system when it exits. The tests under test/native
    // check ours. A small quarantine, because soak tests look at resident memory.
    ASAN_OPTIONS: 'detect_leaks=0:quarantine_size_mb=16:exitcode=99',
    UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1:exitcode=99',
  },
  report: (text) => process.stdout.write(text),
});
console.log(summaryLine(tally));
process.exit(tally.failed > 0 || tally.passed === 0 ? 1 : 0);
