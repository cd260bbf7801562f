// npm run bench: measures every scenario and prints what holds.
//
//   --scenario <name>  only this one; may be given again
//   --quick            a smoke test of seconds: every peer runs, no number means anything
//   --rounds <n>       rounds over all peers and points, default 7
//   --seconds <s>      of one measurement, default 0.4
//   --json <file>      writes everything measured
//   --no-build         measures what is compiled already

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compilePrograms, compileTypeScript } from './harness/compile.ts';
import { type Effort, measureScenario, type Result } from './harness/measure.ts';
import { asJson, machine, seriesTable, verdictTable } from './harness/report.ts';
import { findScenario, scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});

function positive(text: string | undefined, name: string, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new RangeError(`--${name} must be a number above 0, not '${text}'`);
  return value;
}

const effort: Effort = {
  rounds: Math.ceil(positive(values.rounds, 'rounds', values.quick ? 1 : 7)),
  seconds: positive(values.seconds, 'seconds', values.quick ? 0.05 : 0.4),
};
const chosen = values.scenario === undefined ? scenarios : values.scenario.map(findScenario);

if (!values['no-build']) compileTypeScript();
compilePrograms();
// In the build directory, not in /tmp: O_DIRECT wants a file system on a device.
const build = fileURLToPath(new URL('../build/bench/', import.meta.url));
mkdirSync(build, { recursive: true });
const workspace = mkdtempSync(`${build}work-`);
const results: Result[] = [];
try {
  console.log(
    Object.entries(machine())
      .map((entry) => entry.join(' '))
      .join(', '),
    '\n',
  );
  for (const scenario of chosen) {
    const missing = scenario.unavailable?.();
    if (missing !== undefined) {
      console.log(`${scenario.name}: not measured, ${missing}\n`);
      continue;
    }
    const result = await measureScenario(scenario, effort, workspace);
    results.push(result);
    console.log(seriesTable(result));
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
console.log(verdictTable(results));
if (values.json !== undefined) writeFileSync(values.json, asJson(results, effort));
