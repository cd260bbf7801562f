// rescind/fs on FIFOs.

import { closeSync, constants, openSync } from 'node:fs';
import { type FileHandle, open, readFile } from '../../../src/fs/index.ts';
import type { OperationOptions } from '../../../src/runtime/operation.ts';
import { fifo, Pipe } from '../../support/fifo.ts';
import type { Started } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { assertAllSent, Messages } from '../messages.ts';
import { fresh } from '../scene.ts';
import type { Ability, Scenario, Stage } from '../stage.ts';
import { call, callForBytes, closable } from './public-call.ts';

const directory = temporaryDirectory();
const pieceBytes = 4096;

function reading(start: (file: FileHandle, options?: OperationOptions) => Started): () => Promise<Stage> {
  return async () => {
    const pipe = new Pipe(directory);
    const file = await open(pipe.path, 'r+');
    const messages = new Messages();
    const handle = closable(file);
    return {
      handle,
      start: (options) => start(file, options),
      release: () => void pipe.write(messages.make()),
      check: (outcomes) => messages.assertAllReceived(outcomes, pipe.drain()),
      close: async () => {
        await handle.close();
        closeSync(pipe.descriptor);
        pipe.closePeer();
      },
    };
  };
}

function writing(start: (file: FileHandle, options?: OperationOptions) => Started): () => Promise<Stage> {
  return async () => {
    const pipe = new Pipe(directory);
    const file = await open(pipe.path, 'r+');
    const filled = pipe.fill();
    const drained: Buffer[] = [];
    const handle = closable(file);
    return {
      handle,
      start: (options) => start(file, options),
      release: () => void drained.push(pipe.drain()),
      check: (outcomes) => {
        drained.push(pipe.drain());
        const out = Buffer.concat(drained);
        assertAllSent(outcomes, filled, out.byteLength, out.filter((byte) => byte === 0xee).byteLength);
      },
      close: async () => {
        await handle.close();
        closeSync(pipe.descriptor);
        pipe.closePeer();
      },
    };
  };
}

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

const whole: readonly Ability[] = ['many', 'release', 'handle'];

function scenario(name: string, prepare: () => Promise<Stage>): Scenario {
  return { name, abilities: [...whole, 'cancel'], onThreads: whole, prepare };
}

export const publicFileScenarios: readonly Scenario[] = [
  {
    name: 'open() of a FIFO',
    abilities: ['many', 'release', 'cancel'],
    onThreads: ['many', 'release', 'cancel'],
    prepare: opening,
  },
  { name: 'readFile() of a FIFO', abilities: ['many', 'cancel'], onThreads: ['many', 'cancel'], prepare: readingWhole },
  scenario(
    'file.read() into a buffer',
    reading((file, options) => {
      const view = fresh(64);
      return call(
        [view],
        () => file.read(view, { ...options }),
        ({ bytesRead }) => bytesRead,
      );
    }),
  ),
  scenario(
    'file.readv()',
    reading((file, options) => {
      const views = [fresh(16), fresh(48)];
      return call(
        views,
        () => file.readv(views, { ...options }),
        ({ bytesRead }) => bytesRead,
      );
    }),
  ),
  {
    // Its memory is the runtime's: on a thread the caller is told before the thread is done, and what the
    // thread reads later is lost with it.
    name: 'file.read() without a buffer',
    abilities: [...whole, 'cancel'],
    prepare: reading((file, options) =>
      callForBytes(() =>
        file.read({ length: 64, ...options }).then(({ buffer, bytesRead }) => buffer.subarray(0, bytesRead)),
      ),
    ),
  },
  scenario(
    'file.write() to a full pipe',
    writing((file, options) => {
      const view = fresh(pieceBytes);
      return call(
        [view],
        () => file.write(view, { ...options }),
        ({ bytesWritten }) => bytesWritten,
      );
    }),
  ),
  scenario(
    'file.writev() to a full pipe',
    writing((file, options) => {
      const views = [fresh(1024), fresh(pieceBytes - 1024)];
      return call(
        views,
        () => file.writev(views, { ...options }),
        ({ bytesWritten }) => bytesWritten,
      );
    }),
  ),
];
