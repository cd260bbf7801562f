// The calls a user makes × every moment at which they can be taken back, on every backend.

import { test } from 'uvu';
import { platform } from '../../src/binding.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { onBackends, rings, threads, tinyRings } from '../support/backends.ts';
import { everyMoment } from './moments.ts';
import { publicFileScenarios } from './scenarios/public-files.ts';
import { publicPipeScenarios } from './scenarios/public-pipes.ts';
import { publicSocketScenarios } from './scenarios/public-sockets.ts';
import { Scene } from './scene.ts';

const scenarios = [
  ...publicFileScenarios,
  ...publicSocketScenarios,
  ...(platform === 'win32' ? publicPipeScenarios : []),
];

onBackends(import.meta.url, [rings, tinyRings, threads], (backend) => {
  runtime.configure(backend.settings);
  for (const scenario of scenarios) {
    const abilities = backend === threads ? scenario.onThreads : scenario.abilities;
    if (abilities === undefined) continue;
    for (const moment of everyMoment) {
      if (!moment.needs.every((need) => abilities.includes(need))) continue;
      test(`${scenario.name}, ${moment.name}`, () => Scene.play(scenario, moment.act));
    }
  }
  test('memory of settled operations stays as it is', () => Scene.curtain());
});
