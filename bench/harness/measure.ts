// Runs a scenario: rounds over all points and peers, so that what disturbs the machine for a while disturbs
// every peer, and ratios are taken within a round.

import { ChildPeer } from './child-peer.ts';
import type { Claim, Measured, Peer, Sample, Scenario } from './scenario.ts';
import { type Spread, spreadOf } from './statistics.ts';

export interface Effort {
  rounds: number;
  /** Of one measurement. */
  seconds: number;
}

export interface Series extends Measured {
  samples: Sample[];
}

export interface Verdict {
  claim: Claim;
  /** Of the ratio per round, or of the value itself for a claim without `to`. */
  measured: Spread;
  holds: boolean;
  stretchHolds: boolean;
}

export interface Result {
  scenario: Scenario;
  series: Series[];
  verdicts: Verdict[];
}

export async function measureScenario(scenario: Scenario, effort: Effort, workspace: string): Promise<Result> {
  await scenario.prepare?.(workspace);
  const peers = new Peers(scenario, workspace);
  const series: Series[] = scenario.points.flatMap((point) =>
    scenario.peers
      .filter(({ name }) => !scenario.skip?.(name, point))
      .map(({ name }) => ({ peer: name, point, samples: [] })),
  );
  try {
    // Round -1 warms up. The order turns with every round, so that nobody always follows the same neighbour.
    for (let round = -1; round < effort.rounds; round++) {
      for (const entry of round % 2 === 0 ? series : [...series].reverse()) {
        const sample = await peers.sample(entry, round < 0 ? effort.seconds / 2 : effort.seconds);
        if (round >= 0) entry.samples.push(sample);
      }
    }
  } finally {
    await peers.close();
  }
  return { scenario, series, verdicts: scenario.claims.map((claim) => judge(claim, series)) };
}

class Peers {
  readonly #scenario: Scenario;
  readonly #workspace: string;
  readonly #running = new Map<string, ChildPeer>();

  constructor(scenario: Scenario, workspace: string) {
    this.#scenario = scenario;
    this.#workspace = workspace;
  }

  async sample({ peer: name, point }: Measured, seconds: number): Promise<Sample> {
    const { drive, freshProcesses } = this.#scenario;
    let peer = this.#running.get(name);
    if (peer === undefined) {
      const definition = this.#scenario.peers.find((candidate) => candidate.name === name) as Peer;
      peer = new ChildPeer(this.#scenario, definition, this.#workspace);
      this.#running.set(name, peer);
    }
    try {
      return await (drive === undefined ? peer.measure(point, seconds) : drive(peer, point, seconds));
    } finally {
      if (freshProcesses) {
        this.#running.delete(name);
        await peer.close();
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map((peer) => peer.close()));
  }
}

/** Whether a claim holds: by the median of the ratios, each taken within one round. */
export function judge(claim: Claim, series: readonly Series[]): Verdict {
  const of = numbersOf(claim, claim.of, series);
  const to = claim.to === undefined ? undefined : numbersOf(claim, claim.to, series);
  const measured = spreadOf(to === undefined ? of : of.map((value, round) => value / (to[round] as number)));
  return {
    claim,
    measured,
    holds: within(measured.median, claim.must),
    stretchHolds: claim.stretch !== undefined && within(measured.median, claim.stretch),
  };
}

function numbersOf({ quantity }: Claim, { peer, point }: Measured, series: readonly Series[]): number[] {
  const found = series.find((entry) => entry.peer === peer && entry.point === point);
  if (found === undefined) throw new Error(`a claim names ${peer} at ${point}, which is not measured`);
  return found.samples.map((sample) => (quantity === 'cpu' ? (sample.cpuMicroseconds ?? Number.NaN) : sample.value));
}

function within(value: number, bound: Claim['must']): boolean {
  return 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost;
}
