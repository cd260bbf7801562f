// Every operation that can be made to hang.

import { platform } from '../../../src/binding.ts';
import type { Scenario } from '../stage.ts';
import { connectionScenarios } from './connections.ts';
import { directoryWatchScenarios } from './directory-watches.ts';
import { pipeScenarios } from './pipes.ts';
import { streamScenarios } from './streams.ts';
import { timerScenarios } from './timers.ts';

export const everyScenario: readonly Scenario[] = [
  ...pipeScenarios,
  ...streamScenarios,
  ...connectionScenarios,
  ...timerScenarios,
  ...(platform === 'win32' ? directoryWatchScenarios : []),
];
