// Waiting for a connection to be congested, or not any more, or to carry so much: TCP_INFO has no event, so that it is
// looked at every few milliseconds while somebody waits. Nothing of this is with the kernel: an abort settles at once.

import { performance } from 'node:perf_hooks';
import { systemErrorByCode } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { Steps } from '../runtime/steps.ts';
import type { Connection } from './connection.ts';

/** What is waited for, once each at a time. */
export type Condition = 'congested' | 'uncongested' | 'available';

const lookEveryMs = 20;
/** So long after its last sign a congestion is over. */
const calmAfterMs = 1000;

interface Waiting {
  availableBitsPerSecond: number;
  resolve(): void;
  reject(reason: unknown): void;
}

export class Congestion {
  readonly #look: () => Connection;
  readonly #waiting = new Map<Condition, Waiting>();
  #timer: NodeJS.Timeout | null = null;
  #troubles: number | null = null;
  #lastTroubleAt = Number.NEGATIVE_INFINITY;

  /** @param look throws when there is nothing to look at any more */
  constructor(look: () => Connection) {
    this.#look = look;
  }

  /** The options are checked; the signal is not aborted yet. */
  async wait(
    condition: Condition,
    availableBitsPerSecond: number,
    options: OperationOptions,
    syscall: string,
  ): Promise<void> {
    if (this.#waiting.has(condition)) throw systemErrorByCode('EEXIST', syscall);
    const told = new Promise<void>((resolve, reject) => {
      this.#waiting.set(condition, { availableBitsPerSecond, resolve, reject });
    });
    this.#watch();
    try {
      await new Steps(options).attend(told);
    } finally {
      this.#waiting.delete(condition);
      if (this.#waiting.size === 0) this.#rest();
    }
  }

  /** Rejects all that is waited for. */
  end(reason: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(reason);
  }

  #watch(): void {
    this.#timer ??= setInterval(() => this.#check(), lookEveryMs);
    // What holds already is told by the next look, never from inside the call.
    setImmediate(() => this.#check());
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    // What happens while nobody looks is not news to who asks later.
    this.#troubles = null;
  }

  #check(): void {
    if (this.#waiting.size === 0) return;
    let connection: Connection;
    try {
      connection = this.#look();
    } catch (error) {
      this.end(error);
      return;
    }
    const now = performance.now();
    if (this.#troubles !== null && connection.troubles > this.#troubles) this.#lastTroubleAt = now;
    this.#troubles = connection.troubles;
    const congested = now - this.#lastTroubleAt < calmAfterMs;
    this.#tell('congested', () => congested);
    this.#tell('uncongested', () => !congested);
    this.#tell('available', (wanted) => connection.deliveredBytesPerSecond * 8 >= wanted);
  }

  #tell(condition: Condition, holds: (availableBitsPerSecond: number) => boolean): void {
    const waiting = this.#waiting.get(condition);
    if (waiting !== undefined && holds(waiting.availableBitsPerSecond)) waiting.resolve();
  }
}
