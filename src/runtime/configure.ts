// Checks of what configure() is given.

import { checkInteger, invalidType, invalidValue } from '../errors.ts';
import { checkMilliseconds } from './options.ts';
import { runtime } from './runtime.ts';
import type { Settings } from './settings.ts';

const bounds = {
  entries: [2, 32_768],
  completionEntries: [4, 65_536],
  maxInFlight: [1, 65_536],
  budgetMicroseconds: [0, 1_000_000],
  budgetOperations: [1, 1_000_000],
  poolThreads: [1, 1024],
} as const;

/**
 * Changes the settings of this thread's runtime; only before its first operation, which otherwise throws an
 * `Error`. Every setting has a default that serves.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for an unknown setting; RangeError ERR_OUT_OF_RANGE
 * @example
 * import { runtime } from 'rescind';
 * runtime.configure({ maxInFlight: 256 });
 */
export function configure(settings: Partial<Settings>): void {
  if (typeof settings !== 'object' || settings === null) throw invalidType('settings', 'of type object', settings);
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'uring') {
      if (value !== 'auto' && value !== 'off') throw invalidValue('settings.uring', "must be 'auto' or 'off'", value);
    } else if (name === 'detachAfterMs') {
      checkMilliseconds(value, 'settings.detachAfterMs');
    } else if (Object.hasOwn(bounds, name)) {
      const [least, most] = bounds[name as keyof typeof bounds];
      checkInteger(value, `settings.${name}`, least, most);
    } else {
      throw invalidValue(`settings.${name}`, 'is not a setting', value);
    }
  }
  runtime.configure(settings);
}
