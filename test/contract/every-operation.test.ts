// Every operation of ops.def is under the contract: as a deed, or as a scenario named after it.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Operation } from '../../src/wire/operations.ts';
import { elsewhere, everyDeed } from './scenarios/deeds.ts';
import { everyScenario } from './scenarios/index.ts';

test('every operation has a scene', () => {
  const scenes = new Set<string | undefined>([
    'skip', // no operation: the place of one that was withdrawn
    ...elsewhere,
    ...everyDeed.map(({ operation }) => operation),
    ...everyScenario.map(({ name }) => name.split(' ')[0]),
  ]);
  assert.equal(
    Object.keys(Operation).filter((name) => !scenes.has(name)),
    [],
  );
});

test.run();
