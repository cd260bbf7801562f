// The tests of the native side for Windows, as programs that run under Wine.

import type { ChildOptions, ChildResult } from '../suite/child.ts';
import { filesUnder, NativeRunner } from '../suite/native.ts';
import { addTally, noTests, type Tally } from '../suite/tally.ts';

/** The folder they lie in. */
export const windowsTests = 'test/native/windows';

const definitions = ['_WIN32_WINNT=0x0A00', 'WINVER=0x0A00', 'NOMINMAX', 'WIN32_LEAN_AND_MEAN', 'UNICODE', '_UNICODE'];

export interface WindowsTests {
  root: string;
  compiler: string;
  /** Substrings of the paths to run; none: all. */
  filters: readonly string[];
  run: (program: string, options: ChildOptions) => Promise<ChildResult>;
}

export async function runWindowsTests({ root, compiler, filters, run }: WindowsTests): Promise<Tally> {
  const runner = new NativeRunner(root);
  const total = noTests();
  const build = {
    name: 'windows',
    compiler,
    flags: ['-O1', '-static', ...definitions.map((definition) => `-D${definition}`)],
    libraries: ['-lws2_32', '-lntdll'],
    // mingw's linker adds the ending itself.
    run: (program: string, options: ChildOptions) => run(`${program}.exe`, options),
  };
  for (const test of filesUnder(root, windowsTests, '.test.cc')) {
    if (filters.length > 0 && !filters.some((part) => test.includes(part))) continue;
    addTally(total, await runner.run(test, build));
  }
  return total;
}
