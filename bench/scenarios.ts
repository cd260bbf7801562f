// Every scenario, in the order they are run.

import { abortHung } from './abort-hung.bench.ts';
import { abortHungFuse } from './abort-hung-fuse.bench.ts';
import { abortMany } from './abort-many.bench.ts';
import { abortOne } from './abort-one.bench.ts';
import { fileRead } from './file-read.bench.ts';
import { fileReadDirect } from './file-read-direct.bench.ts';
import type { Scenario } from './harness/scenario.ts';
import { hung } from './hung.bench.ts';
import { hungFuse } from './hung-fuse.bench.ts';
import { memory } from './memory.bench.ts';
import { noop } from './noop.bench.ts';
import { readFile } from './read-file.bench.ts';
import { tcpEcho } from './tcp-echo.bench.ts';
import { timerGap } from './timer-gap.bench.ts';

export const scenarios: readonly Scenario[] = [
  fileRead,
  fileReadDirect,
  noop,
  readFile,
  tcpEcho,
  abortOne,
  abortMany,
  memory,
  timerGap,
  hung,
  hungFuse,
  abortHung,
  abortHungFuse,
];

/** Throws for a name that is none. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) {
    throw new RangeError(`no scenario '${name}'; there are ${scenarios.map((scenario) => scenario.name).join(', ')}`);
  }
  return found;
}
