// Listeners on a signal.

import { getEventListeners } from 'node:events';

/** How many listeners wait for the abort of a signal. */
export function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}
