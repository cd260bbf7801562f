// Tests of what one platform has and another has not. Where a test is not for this platform it counts as skipped, and
// the reason stands beside it. What only Wine lacks stands in windows-differences.ts.

import { type Test, test } from 'uvu';

export const onWindows: boolean = process.platform === 'win32';

/**
 * For what does not exist on Windows: `test` of uvu on Linux, elsewhere one that skips. For a whole file
 * `const test = onlyOnLinux('…')`, for one test `onlyOnLinux('…')('…', () => …)`.
 *
 * @param reason what is missing, for the reader
 */
export function onlyOnLinux(reason: string): Test {
  return onWindows ? skipping(reason) : test;
}

/** The same for what only Windows has. */
export function onlyOnWindows(reason: string): Test {
  return onWindows ? test : skipping(reason);
}

function skipping(reason: string): Test {
  if (reason === '') throw new TypeError('a skipped test needs a reason');
  // No hooks: they prepare what is not there.
  const none = Object.assign(() => {}, { each: () => {} });
  // Counted by the suite of the file, which may hold other tests that do run.
  return Object.assign((name: string) => test.skip(name), {
    only: (name?: string) => test.skip(name),
    skip: (name?: string) => test.skip(name),
    before: none,
    after: none,
    run: () => test.run(),
  }) as Test;
}
