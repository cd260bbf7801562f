// What the runtime of this thread runs on, and why it does not run on something else.

import { binding, type LaneInfo } from '../binding.ts';
import { runtime } from './runtime.ts';
import type { Settings } from './settings.ts';

export interface RuntimeInfo {
  /** The ways operations can take on this system, whether each is used, and why. */
  lanes: LaneInfo[];
  /** Name and release of the running kernel. */
  kernel: string;
  /** What of it is used. */
  features: string[];
  settings: Readonly<Settings>;
}

/**
 * Opens the runtime of this thread if need be, and tells what it runs on.
 *
 * @example
 * import { runtime } from 'rescind';
 * for (const { name, used, reason } of runtime.info().lanes) console.log(name, used, reason);
 */
export function info(): RuntimeInfo {
  runtime.open();
  return { ...binding.info(), settings: { ...runtime.settings } };
}
