// One test of the contract: starts operations on a stage, watches how they settle, and at the end looks at
// everything that must hold however they settled.

import * as assert from 'uvu/assert';
import type { OperationOptions } from '../../src/runtime/operation.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { MemoryWatch } from '../support/checksum.ts';
import { deadline, macrotask, pause, until } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { listenersOf } from '../support/listeners.ts';
import type { Started } from '../support/operations.ts';
import { warmRuntime } from '../support/warm.ts';
import type { Outcome, Scenario, Stage } from './stage.ts';

/** How long what comes too late is given to show. */
const lateMs = 8;

// Shared by all scenes of a process: memory is looked at again in a later one.
const memory = new MemoryWatch();

/** An operation under watch. */
export class Watched {
  readonly started: Started;
  outcome: Outcome | null = null;
  readonly settled: Promise<Outcome>;

  constructor(started: Started, name: string) {
    const { promise, trace } = started;
    this.started = started;
    const settle = (resolved: boolean, value: number, error: unknown): Outcome => {
      this.outcome = { resolved, value, error, trace };
      for (const view of trace.views) memory.add(view, name);
      return this.outcome;
    };
    this.settled = promise.then(
      (value) => settle(true, value, undefined),
      (error: unknown) => settle(false, -1, error),
    );
  }
}

export class Scene {
  readonly #name: string;
  readonly #stage: Stage;
  readonly #watched: Watched[] = [];
  readonly #signals = new Set<AbortSignal>();

  private constructor(name: string, stage: Stage) {
    this.#name = name;
    this.#stage = stage;
  }

  /** Runs `act` on a fresh stage and checks everything afterwards. */
  static async play(scenario: Scenario, act: (scene: Scene) => Promise<void>): Promise<void> {
    await warmRuntime();
    const before = openDescriptors();
    const stage = await deadline(scenario.prepare(), `preparing ${scenario.name}`);
    const scene = new Scene(scenario.name, stage);
    try {
      await act(scene);
      await scene.#epilogue();
    } catch (error) {
      // What failed is told, not what comes of cleaning up behind it.
      await deadline(
        Promise.resolve(stage.release?.()).then(() => stage.close()),
        'closing',
        2000,
      ).catch(() => {});
      throw error;
    }
    await deadline(Promise.resolve(stage.close()), `${scenario.name}: closing`);
    await assertSameDescriptors(before, scenario.name);
  }

  /** The last test of a file: the memory of all scenes is as it was when its operation settled. */
  static async curtain(): Promise<void> {
    await memory.assertAllUnchanged();
  }

  get stage(): Stage {
    return this.#stage;
  }

  start(options?: OperationOptions): Watched {
    if (options?.signal !== undefined) this.#signals.add(options.signal);
    const watched = new Watched(this.#stage.start(options), this.#name);
    this.#watched.push(watched);
    return watched;
  }

  /** Lets the event loop turn until the operations are with the kernel, and sees that they stay pending. */
  async untilPending(...watched: Watched[]): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await macrotask();
    for (const one of watched) {
      assert.is(one.outcome, null, `${this.#name}: settled although nothing lets it: ${describe(one.outcome)}`);
    }
    assert.ok(runtime.counts().inFlight + runtime.counts().queued > 0, `${this.#name}: not counted`);
  }

  async release(): Promise<void> {
    await this.#stage.release?.();
  }

  async resolved(watched: Watched): Promise<void> {
    const outcome = await deadline(watched.settled, `${this.#name}: a finished operation`);
    assert.ok(outcome.resolved, `${this.#name}: expected to resolve, ${describe(outcome)}`);
  }

  /** Waits for a rejection with exactly this reason. */
  async rejected(watched: Watched, reason: unknown): Promise<void> {
    const outcome = await deadline(watched.settled, `${this.#name}: a cancelled operation`);
    assert.not(outcome.resolved, `${this.#name}: expected to be rejected, ${describe(outcome)}`);
    assert.ok(Object.is(outcome.error, reason), `${this.#name}: not the reason itself, ${describe(outcome)}`);
  }

  /** Waits for a rejection whose error has this name or code. */
  async rejectedAs(watched: Watched, word: string): Promise<void> {
    const outcome = await deadline(watched.settled, `${this.#name}: a cancelled operation`);
    const error = outcome.error as Partial<NodeJS.ErrnoException> | undefined;
    assert.ok(
      !outcome.resolved && (error?.code === word || error?.name === word),
      `${this.#name}: expected ${word}, ${describe(outcome)}`,
    );
  }

  /** Waits until it is either finished or rejected with the reason: both are the truth in a race. */
  async either(watched: Watched, reason: unknown): Promise<boolean> {
    const outcome = await deadline(watched.settled, `${this.#name}: an operation in a race`);
    assert.ok(
      outcome.resolved || Object.is(outcome.error, reason),
      `${this.#name}: neither finished nor rejected with the reason, ${describe(outcome)}`,
    );
    return outcome.resolved;
  }

  async #epilogue(): Promise<void> {
    const outcomes: Outcome[] = [];
    for (const { settled } of this.#watched) outcomes.push(await deadline(settled, `${this.#name}: at the end`));
    await macrotask();
    for (const signal of this.#signals) assert.is(listenersOf(signal), 0, `${this.#name}: listeners left`);
    for (const { resolved, trace } of outcomes) {
      assert.is(trace.completions, resolved ? 1 : 0, `${this.#name}: values made of completions`);
      if (!resolved) {
        for (const view of trace.views)
          assert.ok(untouched(view), `${this.#name}: rejected, yet memory was written to`);
      }
    }
    // What comes now must find nobody who would take it away.
    if (this.#stage.handle?.closing !== true) await deadline(this.release(), `${this.#name}: letting go`);
    await pause(lateMs);
    memory.assertUnchanged();
    await deadline(Promise.resolve(this.#stage.check(outcomes)), `${this.#name}: checking`);
    await until(
      () => {
        const { inFlight, queued, detached } = runtime.counts();
        return inFlight <= (this.#stage.keeps ?? 0) && queued === 0 && detached === 0;
      },
      `${this.#name}: counts back to nothing, ${JSON.stringify(runtime.counts())}`,
      5000,
    );
  }
}

/** Every byte of memory handed out by fresh(). */
const untouchedByte = 0xee;

/** Memory that shows whether somebody wrote to it. */
export function fresh(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(untouchedByte);
}

function untouched(view: Uint8Array): boolean {
  return view.every((byte) => byte === untouchedByte);
}

function describe(outcome: Outcome | null): string {
  if (outcome === null) return 'pending';
  return outcome.resolved ? `resolved to ${outcome.value}` : `rejected with ${String(outcome.error)}`;
}
