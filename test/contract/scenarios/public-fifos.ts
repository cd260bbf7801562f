// rescind/fs on FIFOs of Linux, whose opening waits.

import { closeSync, constants, openSync } from 'node:fs';
import { type FileHandle, open, readFile } from '../../../src/fs/index.ts';
import { fifo } from '../../support/fifo.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { Scenario, Stage } from '../stage.ts';
import { call, callForBytes } from './public-call.ts';

const directory = temporaryDirectory();

async function opening(): Promise<Stage> {
  const path = fifo(directory);
  const opened: FileHandle[] = [];
  let peer = -1;
  return {
    handle: null,
    start: (options) =>
      call(
        [],
        () => open(path, 'r', 0o600, options ?? {}),
        (file) => opened.push(file),
      ),
    release: () => {
      if (peer < 0) peer = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    },
    check: () => {},
    close: async () => {
      for (const file of opened) await file.close();
      if (peer >= 0) closeSync(peer);
    },
  };
}

async function readingWhole(): Promise<Stage> {
  const path = fifo(directory);
  return {
    handle: null,
    start: (options) => callForBytes(() => readFile(path, options)),
    // A writer that comes and goes: the end of the file. Whoever is not yet inside opens it for nothing.
    release: () => closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK)),
    check: () => {},
    close: () => {},
  };
}

export const publicFifoScenarios: readonly Scenario[] = [
  {
    name: 'open() of a FIFO',
    abilities: ['many', 'release', 'cancel'],
    onThreads: ['many', 'release', 'cancel'],
    prepare: opening,
  },
  { name: 'readFile() of a FIFO', abilities: ['many', 'cancel'], onThreads: ['many', 'cancel'], prepare: readingWhole },
];
