// npx tsx scripts/test-native.ts: compiles and runs the tests under test/native but those for Windows, and ends with
// the line `N passed, N failed`. It needs g++ and nothing else.
//
//   [substring of a path …]   only these files
//   --sanitize                twice: with AddressSanitizer (its leak check too) and
//                             UndefinedBehaviorSanitizer, and with ThreadSanitizer

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endChildrenOnInterrupt } from './suite/child.ts';
import { filesUnder, type NativeBuild, NativeRunner } from './suite/native.ts';
import { addTally, noTests, summaryLine } from './suite/tally.ts';
import { windowsTests } from './windows/native.ts';

const common = ['-O1', '-pthread'];
const plain: NativeBuild = { name: 'plain', compiler: 'g++', flags: common };
const sanitized: readonly NativeBuild[] = [
  {
    name: 'address',
    compiler: 'g++',
    flags: [...common, '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined', '-fno-omit-frame-pointer'],
    environment: { ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' },
  },
  {
    name: 'thread',
    compiler: 'g++',
    flags: [...common, '-fsanitize=thread'],
    environment: { TSAN_OPTIONS: 'halt_on_error=1' },
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sanitize: { type: 'boolean', default: false } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const tests = filesUnder(root, 'test/native', '.test.cc')
  .filter((test) => !test.startsWith(windowsTests))
  .filter((test) => positionals.length === 0 || positionals.some((part) => test.includes(part)));

endChildrenOnInterrupt();
const runner = new NativeRunner(root);
const total = noTests();
for (const build of values.sanitize ? sanitized : [plain]) {
  for (const test of tests) addTally(total, await runner.run(test, build));
}
console.log(summaryLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
