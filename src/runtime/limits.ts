// What the options of a call say about its end, checked: read into one object that is used again for each call.

import { invalidType } from '../errors.ts';
import type { MemoryOwner, OperationOptions } from './operation.ts';
import { checkLimits, longestMs } from './options.ts';

export class Limits {
  signal: AbortSignal | undefined = undefined;
  /** 0: no deadline. Negative: it has passed already. */
  timeoutMs = 0;
  detachable = false;
  detachAfterMs = 0;

  /** Throws for wrong options. */
  read(options: OperationOptions | undefined, memory: MemoryOwner, detachAfterMs: number): void {
    if (options === undefined) this.#reset(memory, detachAfterMs);
    else this.#readGiven(options, memory, detachAfterMs);
  }

  #reset(memory: MemoryOwner, detachAfterMs: number): void {
    this.signal = undefined;
    this.timeoutMs = 0;
    this.detachable = memory !== 'caller';
    this.detachAfterMs = detachAfterMs;
  }

  #readGiven(options: OperationOptions, memory: MemoryOwner, defaultDetachAfterMs: number): void {
    if (typeof options !== 'object' || options === null) throw invalidType('options', 'of type object', options);
    // A getter of the caller's may start another operation: all of them run before anything is noted here.
    const { signal, timeoutMs, detach, detachAfterMs } = options;
    checkLimits(signal, timeoutMs, detach, detachAfterMs);
    this.#reset(memory, defaultDetachAfterMs);
    this.signal = signal;
    if (timeoutMs === 0) this.timeoutMs = -1;
    else if (timeoutMs !== undefined && timeoutMs <= longestMs) this.timeoutMs = timeoutMs;
    if (detach === true) this.detachable = true;
    if (detachAfterMs !== undefined) this.detachAfterMs = detachAfterMs;
  }
}
