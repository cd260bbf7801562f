// Opens that hang until somebody opens the other end of a FIFO.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { DescriptorFlag } from '../../../src/wire/layout.ts';
import { fifo } from '../../support/fifo.ts';
import { start } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { Ability, Scenario, Stage } from '../stage.ts';

const directory = temporaryDirectory();

function opening(mode: number): () => Promise<Stage> {
  return async () => {
    const path = fifo(directory);
    let peer = -1;
    return {
      handle: null,
      start: (options) => start('fileOpen', { bytes: path, argument0: mode, flags: DescriptorFlag.mayBlock }, options),
      release: () => {
        if (peer < 0) peer = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      },
      check: (outcomes) => {
        for (const { resolved, value } of outcomes) {
          if (!resolved) continue;
          if (!fstatSync(value).isFIFO()) throw new Error('opened something else');
          closeSync(value);
        }
      },
      close: () => {
        if (peer >= 0) closeSync(peer);
      },
    };
  };
}

// An open on a thread cannot be taken back either, but having no memory of the caller's it is left behind.
const openAbilities: readonly Ability[] = ['many', 'release', 'cancel'];

function open(name: string, prepare: () => Promise<Stage>): Scenario {
  return { name, abilities: openAbilities, onThreads: openAbilities, prepare };
}

export const fifoScenarios: readonly Scenario[] = [
  open('fileOpen of a FIFO nobody writes to', opening(constants.O_RDONLY)),
  open('fileOpen of a FIFO nobody reads', opening(constants.O_WRONLY)),
];
