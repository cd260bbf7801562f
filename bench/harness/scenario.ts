// What a scenario states: who is compared, at which points, and what must hold.

import type { ChildPeer } from './child-peer.ts';

/** One measurement. */
export interface Sample {
  /** In the scenario's unit. */
  value: number;
  /** Processor time of the peer's process per operation, all its threads. */
  cpuMicroseconds?: number;
}

/** What a Node peer runs in its process. */
export interface Instance {
  /** Measures once, for about `seconds`. */
  measure?(point: string, seconds: number): Promise<Sample>;
  /** A server's port, for scenarios that drive it from outside. */
  port?(): number;
  close?(): Promise<void>;
}

/** A peer written for Node, or a C program of bench/c. */
export type Peer = { readonly name: string } & (
  | { start(workspace: string): Promise<Instance>; readonly nodeArguments?: readonly string[] }
  | { readonly program: string; programArguments(workspace: string): readonly string[] }
);

export interface Measured {
  peer: string;
  point: string;
}

/** A line of the table in docs/: the ratio of two measurements, or one of them against a fixed number. */
export interface Claim {
  work: string;
  of: Measured;
  /** Absent: the value itself must keep the bound. */
  to?: Measured;
  /** Compares processor time per operation instead of values. */
  quantity?: 'value' | 'cpu';
  must: Bound;
  stretch?: Bound;
}

export type Bound = { atLeast: number } | { atMost: number };

export interface Scenario {
  name: string;
  title: string;
  /** Of every sample's value. */
  unit: 'operations/s' | 'µs' | 'ms' | 'bytes';
  /** What the points count: 'in flight', 'connections'. */
  axis: string;
  peers: readonly Peer[];
  points: readonly string[];
  claims: readonly Claim[];
  /** A fresh process for every measurement. */
  freshProcesses?: boolean;
  /** Points a peer has nothing to say about. */
  skip?(peer: string, point: string): boolean;
  /** Why it cannot be run on this machine; absent or undefined when it can. */
  unavailable?(): string | undefined;
  /** Makes the files the peers read, once, in the process of the harness. */
  prepare?(workspace: string): Promise<void>;
  /** Takes one sample from outside; absent: the peer measures itself. */
  drive?(peer: ChildPeer, point: string, seconds: number): Promise<Sample>;
}
