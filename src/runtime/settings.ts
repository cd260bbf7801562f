// What configure() takes.

import type { PumpOptions } from '../binding.ts';

export interface Settings extends PumpOptions {
  /** Operations given to the kernel at a time; the others wait here in order. 1 to 65,536, default 16,384. */
  maxInFlight: number;
  /** Default of the option of the same name, in milliseconds. */
  detachAfterMs: number;
}

export const defaultSettings: Settings = {
  entries: 1024,
  completionEntries: 16384,
  maxInFlight: 16384,
  budgetMicroseconds: 250,
  budgetOperations: 4096,
  poolThreads: 16,
  uring: 'auto',
  detachAfterMs: 100,
};
