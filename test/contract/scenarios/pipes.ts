// Operations that hang on a named pipe.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { DescriptorFlag } from '../../../src/wire/layout.ts';
import { fifo, Pipe } from '../../support/fifo.ts';
import { type OperationName, start } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { assertAllSent, Messages } from '../messages.ts';
import { fresh } from '../scene.ts';
import type { Ability, Scenario, Stage } from '../stage.ts';

const directory = temporaryDirectory();
const pieceBytes = 4096;

async function closeAll(handle: Handle, pipe: Pipe): Promise<void> {
  await handle.close();
  pipe.closePeer();
}

function reading(operation: OperationName, views: () => Uint8Array[]): () => Promise<Stage> {
  return async () => {
    const pipe = new Pipe(directory);
    const handle = new Handle(runtime, pipe.descriptor);
    const messages = new Messages();
    return {
      handle,
      start: (options) => start(operation, { on: handle, views: views(), offset: -1 }, options),
      release: () => void pipe.write(messages.make()),
      check: (outcomes) => messages.assertAllReceived(outcomes, pipe.drain()),
      close: () => closeAll(handle, pipe),
    };
  };
}

function writing(operation: OperationName, views: () => Uint8Array[]): () => Promise<Stage> {
  return async () => {
    const pipe = new Pipe(directory);
    const handle = new Handle(runtime, pipe.descriptor);
    const filled = pipe.fill();
    const drained: Buffer[] = [];
    return {
      handle,
      start: (options) => start(operation, { on: handle, views: views(), offset: -1 }, options),
      release: () => void drained.push(pipe.drain()),
      check: (outcomes) => {
        drained.push(pipe.drain());
        const out = Buffer.concat(drained);
        assertAllSent(outcomes, filled, out.byteLength, out.filter((byte) => byte === 0xee).byteLength);
      },
      close: () => closeAll(handle, pipe),
    };
  };
}

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

function transfer(name: string, prepare: () => Promise<Stage>): Scenario {
  const onThreads: readonly Ability[] = ['many', 'release', 'handle'];
  return { name, abilities: [...onThreads, 'cancel'], onThreads, prepare };
}

const whole = (): Uint8Array[] => [fresh(pieceBytes)];
const parts = (): Uint8Array[] => [fresh(1024), fresh(pieceBytes - 1024)];
const small = (): Uint8Array[] => [fresh(64)];
const smallParts = (): Uint8Array[] => [fresh(16), fresh(48)];

export const pipeScenarios: readonly Scenario[] = [
  open('fileOpen of a FIFO nobody writes to', opening(constants.O_RDONLY)),
  open('fileOpen of a FIFO nobody reads', opening(constants.O_WRONLY)),
  transfer('fileRead of an empty pipe', reading('fileRead', small)),
  transfer('fileReadVector of an empty pipe', reading('fileReadVector', smallParts)),
  transfer('fileWrite to a full pipe', writing('fileWrite', whole)),
  transfer('fileWriteVector to a full pipe', writing('fileWriteVector', parts)),
];
