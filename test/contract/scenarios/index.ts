// Every operation that can be made to hang.

import type { Scenario } from '../stage.ts';
import { connectionScenarios } from './connections.ts';
import { pipeScenarios } from './pipes.ts';
import { streamScenarios } from './streams.ts';
import { timerScenarios } from './timers.ts';

export const everyScenario: readonly Scenario[] = [
  ...pipeScenarios,
  ...streamScenarios,
  ...connectionScenarios,
  ...timerScenarios,
];
