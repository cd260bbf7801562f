// A flow: what a socket sends, as one thing that is marked, paced and watched.

import { checkBoolean, checkInteger, invalidType, invalidValue, outOfRange, systemErrorByCode } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { refusal } from '../runtime/refusal.ts';
import type { Condition } from './congestion.ts';
import type { FlowState } from './flow-state.ts';
import { mostBitsPerSecond } from './marked-socket.ts';
import type { Fundamentals, Priority } from './measures.ts';
import { marksOf, type TrafficType } from './traffic.ts';

/** One change of a flow. */
export type FlowChange =
  | { trafficType: TrafficType }
  /** Bits per second, 8 to 34,359,738,352, or Infinity for no limit. */
  | { rate: number }
  /** 0 to 63. */
  | { dscp: number };

/** What `notify()` waits for; `available` is in bits per second. */
export type NotifyOn = 'congested' | 'uncongested' | { available: number };

export type NotifyOptions = OperationOptions;

export interface QueryOptions extends OperationOptions {
  /** Measure anew instead of taking what was measured before. Default false; Linux always measures anew. */
  fresh?: boolean | undefined;
}

const known = knownOptions();
const knownForQuery = knownOptions('fresh');

const collected = new FinalizationRegistry<FlowState>((state) => state.remove());

/**
 * A flow, from `qos.addFlow()`. Closing its socket removes it.
 */
export class Flow {
  readonly #state: FlowState;

  /** @internal */
  constructor(state: FlowState) {
    this.#state = state;
    collected.register(this, state);
  }

  /** Whether the flow is gone, by `remove()`, by the end of its socket or of its `Qos`. */
  get removed(): boolean {
    return this.#state.removed;
  }

  /**
   * Changes the type of traffic (and with it how packets are marked), the rate it is paced to, or its code point alone.
   *
   * TCP is paced by the kernel; UDP only where the interface's queue is `fq`.
   *
   * @throws RangeError ERR_OUT_OF_RANGE, TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE at once; an `Error` with
   *   code 'EBADF' when the flow is gone
   * @example
   * await flow.set({ rate: 8_000_000 }, { signal });
   */
  set(change: FlowChange, options: OperationOptions = {}): Promise<void> {
    const apply = changeOf(change);
    checkOptions(options, known);
    return this.#begin(options, 'setsockopt', () => apply(this.#state));
  }

  /**
   * Asks what the flow carries ('fundamentals', of TCP only: ENOTSUP otherwise), how it is marked ('priority'), or how many bits per
   * second go out now ('rate', which takes 100 ms; of TCP only).
   *
   * @throws an `Error` with code 'EBADF' when the flow is gone
   * @example
   * const { availableBitsPerSecond, roundTripMs } = await flow.query('fundamentals', { signal });
   */
  query(kind: 'fundamentals', options?: QueryOptions): Promise<Fundamentals>;
  query(kind: 'priority', options?: QueryOptions): Promise<Priority>;
  query(kind: 'rate', options?: QueryOptions): Promise<number>;
  query(kind: string, options: QueryOptions = {}): Promise<Fundamentals | Priority | number> {
    if (kind !== 'fundamentals' && kind !== 'priority' && kind !== 'rate') {
      throw invalidValue('kind', "must be one of: 'fundamentals', 'priority', 'rate'", kind);
    }
    checkOptions(options, knownForQuery);
    if (options.fresh !== undefined) checkBoolean(options.fresh, 'options.fresh');
    const state = this.#state;
    return this.#begin<Fundamentals | Priority | number>(options, 'query', () => {
      if (kind === 'fundamentals') return state.fundamentals();
      return kind === 'priority' ? state.socket.priority() : state.rate(options);
    });
  }

  /**
   * Waits until the flow is congested, is not (no sign of it for a second), or delivers so many bits per second; what is so
   * already resolves soon. Of adaptive flows on TCP only, and one of each kind at a time.
   *
   * @throws an `Error` with code 'EINVAL' for a flow that is not adaptive, 'EEXIST' when that is waited for already,
   *   'ENOTSUP' without a TCP connection, 'ECANCELED' when the flow is removed, 'EBADF' when it was
   * @example
   * await flow.notify('congested', { signal });
   */
  notify(on: NotifyOn, options: NotifyOptions = {}): Promise<void> {
    const { condition, bitsPerSecond } = conditionOf(on);
    checkOptions(options, known);
    const { adaptive, congestion } = this.#state;
    return this.#begin(options, 'notify', () => {
      if (!adaptive) throw systemErrorByCode('EINVAL', 'notify');
      return congestion.wait(condition, bitsPerSecond, options, 'notify');
    });
  }

  async #begin<Value>(options: OperationOptions, syscall: string, work: () => Value | Promise<Value>): Promise<Value> {
    const refused = refusal(options);
    if (refused !== null) return refused;
    this.#state.assertThere(syscall);
    return work();
  }

  /** Ends what waits on the flow; the socket is as it was before. Calling it again does nothing. */
  async remove(): Promise<void> {
    this.#state.remove();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

function changeOf(change: unknown): (state: FlowState) => void {
  if (typeof change !== 'object' || change === null) throw invalidType('change', 'of type object', change);
  const names = Object.keys(change);
  const [name] = names;
  if (names.length !== 1 || (name !== 'trafficType' && name !== 'rate' && name !== 'dscp')) {
    throw invalidValue('change', "must have one of: 'trafficType', 'rate', 'dscp'", change);
  }
  const value = (change as Record<string, unknown>)[name];
  if (name === 'trafficType') {
    const marks = marksOf(value, 'change.trafficType');
    return ({ socket }) => socket.mark(marks);
  }
  if (name === 'dscp') {
    checkInteger(value, 'change.dscp', 0, 63);
    return ({ socket }) => socket.markDscp(value);
  }
  const rate = checkedRate(value, 'change.rate');
  return ({ socket }) => socket.pace(rate);
}

function conditionOf(on: unknown): { condition: Condition; bitsPerSecond: number } {
  if (on === 'congested' || on === 'uncongested') return { condition: on, bitsPerSecond: 0 };
  if (typeof on !== 'object' || on === null || !('available' in on)) {
    throw invalidValue('on', "must be 'congested', 'uncongested' or an object with 'available'", on);
  }
  return { condition: 'available', bitsPerSecond: checkedRate(on.available, 'on.available') };
}

function checkedRate(rate: unknown, name: string): number {
  if (typeof rate !== 'number') throw invalidType(name, 'of type number', rate);
  if (rate === Number.POSITIVE_INFINITY && name === 'change.rate') return rate;
  if (!(rate >= 8 && rate <= mostBitsPerSecond)) throw outOfRange(name, `>= 8 && <= ${mostBitsPerSecond}`, rate);
  return rate;
}
