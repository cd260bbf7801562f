// Counts of tests, and the lines they are read from and printed as.

import { stripVTControlCharacters } from 'node:util';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export function noTests(): Tally {
  return { passed: 0, failed: 0, skipped: 0 };
}

export function addTally(into: Tally, from: Tally): void {
  into.passed += from.passed;
  into.failed += from.failed;
  into.skipped += from.skipped;
}

/** The counts uvu prints when a file ends, or null when the output holds none. */
export function uvuTally(output: string): Tally | null {
  const closing = /^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm;
  const found = [...stripVTControlCharacters(output).matchAll(closing)].at(-1);
  if (found === undefined) return null;
  const [total, passed, skipped] = found.slice(1).map(Number) as [number, number, number];
  // A hook that throws ends a uvu suite with exit code 0: only the difference shows it.
  return { passed, failed: total - passed, skipped };
}

/** The counts of the last summary line in the output, or null when it holds none. */
export function summaryTally(output: string): Tally | null {
  const summary = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm;
  const found = [...stripVTControlCharacters(output).matchAll(summary)].at(-1);
  if (found === undefined) return null;
  return { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) };
}

/** The one line a run of tests ends with. */
export function summaryLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
