// Operations that hang on a named pipe.

import { platform } from '../../../src/binding.ts';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { Pipe } from '../../support/fifo.ts';
import { type OperationName, start } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { assertAllSent, Messages } from '../messages.ts';
import { fresh } from '../scene.ts';
import type { Ability, Scenario, Stage } from '../stage.ts';
import { fifoScenarios } from './fifos.ts';
import { namedPipeScenarios } from './named-pipes.ts';

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
      check: (outcomes) => {
        // What waits for a closed end of a pipe of Windows is gone with it; before that, nobody has sent any.
        if (handle.closing && platform === 'win32') return;
        messages.assertAllReceived(outcomes, pipe.drain(handle.descriptor));
      },
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
      release: () => void drained.push(pipe.drain(handle.descriptor)),
      check: (outcomes) => {
        drained.push(pipe.drain(handle.descriptor));
        const out = Buffer.concat(drained);
        assertAllSent(outcomes, filled, out.byteLength, out.filter((byte) => byte === 0xee).byteLength);
      },
      close: () => closeAll(handle, pipe),
    };
  };
}

function transfer(name: string, prepare: () => Promise<Stage>): Scenario {
  const onThreads: readonly Ability[] = ['many', 'release', 'handle'];
  return { name, abilities: [...onThreads, 'cancel'], onThreads, prepare };
}

const whole = (): Uint8Array[] => [fresh(pieceBytes)];
const parts = (): Uint8Array[] => [fresh(1024), fresh(pieceBytes - 1024)];
const small = (): Uint8Array[] => [fresh(64)];
const smallParts = (): Uint8Array[] => [fresh(16), fresh(48)];

const transfers: readonly Scenario[] = [
  transfer('fileRead of an empty pipe', reading('fileRead', small)),
  transfer('fileReadVector of an empty pipe', reading('fileReadVector', smallParts)),
  transfer('fileWrite to a full pipe', writing('fileWrite', whole)),
  transfer('fileWriteVector to a full pipe', writing('fileWriteVector', parts)),
];

// What the sockets of rescind/net ask of a named pipe.
const asSockets: readonly Scenario[] = [
  transfer('socketReceive from an empty pipe', reading('socketReceive', small)),
  transfer('socketSend to a full pipe', writing('socketSend', whole)),
  transfer('socketSendVector to a full pipe', writing('socketSendVector', parts)),
];

export const pipeScenarios: readonly Scenario[] = [
  ...transfers,
  ...(platform === 'win32' ? [...asSockets, ...namedPipeScenarios] : fifoScenarios),
];
