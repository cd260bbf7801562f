// Results as text for a terminal and as JSON for a file.

import { cpus, release, totalmem } from 'node:os';
import type { Result, Series, Verdict } from './measure.ts';
import type { Bound, Scenario } from './scenario.ts';
import { spreadOf } from './statistics.ts';

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join('   ')}`.trimEnd())
    .join('\n');
}

function amount(value: number, unit: Scenario['unit']): string {
  if (unit === 'operations/s') {
    return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M/s` : `${(value / 1e3).toFixed(1)} k/s`;
  }
  return `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`;
}

function cell(series: Series | undefined, unit: Scenario['unit']): string {
  if (series === undefined) return '–';
  const { median, least, most } = spreadOf(series.samples.map((sample) => sample.value));
  const spread = median === 0 ? 0 : Math.round(((most - least) / 2 / median) * 100);
  const cpu = series.samples.map((sample) => sample.cpuMicroseconds ?? Number.NaN);
  const perOperation = cpu.every(Number.isFinite) ? `, ${spreadOf(cpu).median.toFixed(2)} µs CPU` : '';
  return `${amount(median, unit)} ±${spread} %${perOperation}`;
}

/** The medians of a scenario: a row per point, a column per peer. */
export function seriesTable({ scenario, series }: Result): string {
  const head = [scenario.axis, ...scenario.peers.map(({ name }) => name)];
  const rows = scenario.points.map((point) => [
    point,
    ...scenario.peers.map(({ name }) =>
      cell(
        series.find((entry) => entry.peer === name && entry.point === point),
        scenario.unit,
      ),
    ),
  ]);
  return `${scenario.name}: ${scenario.title}\n${table([head, ...rows])}\n`;
}

function bound(limit: Bound | undefined): string {
  if (limit === undefined) return '';
  return 'atLeast' in limit ? `≥ ${number(limit.atLeast)}` : `≤ ${number(limit.atMost)}`;
}

function number(value: number): string {
  if (value >= 1e5) return `${(value / 1e6).toFixed(2)} M`;
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function verdictWord({ holds, stretchHolds }: Verdict): string {
  if (!holds) return 'falls short';
  return stretchHolds ? 'pass, stretch too' : 'pass';
}

/** What must hold, and whether it does. */
export function verdictTable(results: readonly Result[]): string {
  const head = ['work', 'against', 'must', 'stretch', 'measured', 'least–most', ''];
  const rows = results
    .flatMap(({ verdicts }) => verdicts)
    .map((verdict) => {
      const { claim, measured } = verdict;
      const other = [claim.of, claim.to].find((side) => side !== undefined && side.peer !== 'rescind');
      const against = other?.peer ?? (claim.to === undefined ? '' : `${claim.to.point}`);
      const spread = `${number(measured.least)}–${number(measured.most)}`;
      const row = [claim.work, against, bound(claim.must), bound(claim.stretch), number(measured.median), spread];
      return [...row, verdictWord(verdict)];
    });
  return table([head, ...rows]);
}

/** Where and when it was measured. */
export function machine(): Record<string, string | number> {
  return {
    date: new Date().toISOString(),
    node: process.version,
    kernel: release(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  };
}

export function asJson(results: readonly Result[], effort: object): string {
  const scenarios = results.map(({ scenario, series, verdicts }) => ({
    name: scenario.name,
    title: scenario.title,
    unit: scenario.unit,
    axis: scenario.axis,
    series,
    verdicts: verdicts.map(({ claim, measured, holds, stretchHolds }) => ({ ...claim, measured, holds, stretchHolds })),
  }));
  return `${JSON.stringify({ machine: machine(), effort, scenarios }, null, 2)}\n`;
}
