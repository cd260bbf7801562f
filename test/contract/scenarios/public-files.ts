// rescind/fs on pipes.

import { platform } from '../../../src/binding.ts';
import { type FileHandle, open } from '../../../src/fs/index.ts';
import type { OperationOptions } from '../../../src/runtime/operation.ts';
import { Pipe } from '../../support/fifo.ts';
import type { Started } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { assertAllSent, Messages } from '../messages.ts';
import { fresh } from '../scene.ts';
import type { Ability, Scenario, Stage } from '../stage.ts';
import { call, callForBytes, closable } from './public-call.ts';
import { publicFifoScenarios } from './public-fifos.ts';

const directory = temporaryDirectory();
const pieceBytes = 4096;

function reading(start: (file: FileHandle, options?: OperationOptions) => Started): () => Promise<Stage> {
  return async () => {
    const pipe = new Pipe(directory, 'later');
    const file = await open(pipe.path, 'r+');
    const { fd } = file;
    const messages = new Messages();
    const handle = closable(file);
    return {
      handle,
      start: (options) => start(file, options),
      release: () => void pipe.write(messages.make()),
      check: (outcomes) => {
        // What waits for a closed end of a pipe of Windows is gone with it; before that, nobody has sent any.
        if (handle.closing && platform === 'win32') return;
        messages.assertAllReceived(outcomes, pipe.drain(fd));
      },
      close: async () => {
        await handle.close();
        pipe.closePeer();
      },
    };
  };
}

function writing(start: (file: FileHandle, options?: OperationOptions) => Started): () => Promise<Stage> {
  return async () => {
    const pipe = new Pipe(directory, 'later');
    const file = await open(pipe.path, 'r+');
    const filled = pipe.fill(file.fd);
    const drained: Buffer[] = [];
    const handle = closable(file);
    return {
      handle,
      start: (options) => start(file, options),
      release: () => void drained.push(pipe.drain(-1)),
      check: (outcomes) => {
        drained.push(pipe.drain(-1));
        const out = Buffer.concat(drained);
        assertAllSent(outcomes, filled, out.byteLength, out.filter((byte) => byte === 0xee).byteLength);
      },
      close: async () => {
        await handle.close();
        pipe.closePeer();
      },
    };
  };
}

const whole: readonly Ability[] = ['many', 'release', 'handle'];

function scenario(name: string, prepare: () => Promise<Stage>): Scenario {
  return { name, abilities: [...whole, 'cancel'], onThreads: whole, prepare };
}

export const publicFileScenarios: readonly Scenario[] = [
  ...(platform === 'win32' ? [] : publicFifoScenarios),
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
