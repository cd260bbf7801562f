// Every operation of ops.def is under the contract: as a deed, or as a scenario named after it.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { platform } from '../../src/binding.ts';
import { Operation } from '../../src/wire/operations.ts';
import { everyDeed } from './scenarios/deeds.ts';
import { everyScenario } from './scenarios/index.ts';

const ofWindows = ['directoryWatchOpen', 'directoryWatchRead', 'pipeConnect', 'pipeListen'];
// Operations of one system, which no other asks for.
const elsewhere = platform === 'win32' ? ['fileWriteWhole', 'readable', 'watchAdd'] : ofWindows;

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
