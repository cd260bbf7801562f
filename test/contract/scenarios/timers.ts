// The timer, which has no other side.

import { start } from '../../support/operations.ts';
import type { Scenario } from '../stage.ts';

export const timerScenarios: readonly Scenario[] = [
  {
    name: 'timer',
    abilities: ['many', 'cancel'],
    onThreads: ['many', 'cancel'],
    prepare: async () => ({
      handle: null,
      start: (options) => start('timer', { offset: 60_000 }, options),
      check: () => {},
      close: () => {},
    }),
  },
];
