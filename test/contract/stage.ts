// What the contract needs to know of an operation: how to make it hang, how to let it go, and how to see
// from the other side what really happened.

import type { OperationOptions } from '../../src/runtime/operation.ts';
import type { Started, Trace } from '../support/operations.ts';

/** How an operation ended. */
export interface Outcome {
  resolved: boolean;
  /** What it resolved to. */
  value: number;
  /** What it was rejected with. */
  error: unknown;
  trace: Trace;
}

/** What owns the operations: the runtime's Handle, a file, a socket, a server. */
export interface Closable {
  readonly closing: boolean;
  close(): Promise<void>;
}

/** One set of peers, used for one test. */
export interface Stage {
  /** The handle the operations are on; close() on it is part of the contract. Null where there is none. */
  handle: Closable | null;
  /** Operations the owner itself keeps in flight, whoever waits; none unless said. */
  keeps?: number;
  /** Most listeners on a signal they share: the runtime's one, unless others wait in a line of the owner's. */
  listeners?: number;
  /** Starts one that stays pending. */
  start(options?: OperationOptions): Started;
  /** Lets at least one pending operation finish, at once where plain system calls can do it. */
  release?(): void | Promise<void>;
  /** Fails unless what the other side saw is exactly what the outcomes say. */
  check(outcomes: readonly Outcome[]): void | Promise<void>;
  close(): void | Promise<void>;
}

/**
 * What a stage can offer: letting go, several pending at a time, a handle, and that a pending operation can
 * be taken back. A blocking call on a thread cannot; it is finished or waited for.
 */
export type Ability = 'release' | 'many' | 'handle' | 'cancel';

export interface Scenario {
  name: string;
  abilities: readonly Ability[];
  /** What is left of them on the lane of threads; absent when it does not run there. */
  onThreads?: readonly Ability[];
  prepare(): Promise<Stage>;
}
