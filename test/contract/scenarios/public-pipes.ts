// rescind/net on named pipes of Windows.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { open } from '../../../src/fs/index.ts';
import { connect, listen, type Socket } from '../../../src/net/index.ts';
import type { OperationOptions } from '../../../src/runtime/operation.ts';
import { closeNow } from '../../support/descriptors.ts';
import { perform, type Started } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { outsideAddon } from '../../support/windows/outside.ts';
import { bufferBytes, NamedPipe, pipeName } from '../../support/windows/pipe.ts';
import { assertAllSent, Messages } from '../messages.ts';
import { fresh } from '../scene.ts';
import type { Scenario, Stage } from '../stage.ts';
import { call, callForBytes, closable, untilSilent } from './public-call.ts';

const pieceBytes = 4096;

function receiving(start: (socket: Socket, options?: OperationOptions) => Started): () => Promise<Stage> {
  return async () => {
    const pipe = new NamedPipe('', 'later');
    const socket = await connect({ path: pipe.path });
    const messages = new Messages();
    const handle = closable(socket);
    return {
      handle,
      listeners: 2,
      start: (options) => start(socket, options),
      release: () => void pipe.write(messages.make()),
      check: async (outcomes) => {
        if (handle.closing) return;
        messages.assertAllReceived(outcomes, Buffer.concat(await untilSilent((options) => socket.read(options))));
      },
      close: async () => {
        await handle.close();
        pipe.closePeer();
      },
    };
  };
}

function sending(start: (socket: Socket, options?: OperationOptions) => Started): () => Promise<Stage> {
  return async () => {
    const pipe = new NamedPipe('', 'later');
    const socket = await connect({ path: pipe.path });
    // No more than one piece fits behind them, and another one waits.
    const filled = await socket.write(Buffer.alloc(bufferBytes, 0xf1));
    const drained: Buffer[] = [];
    const handle = closable(socket);
    return {
      handle,
      listeners: 2,
      start: (options) => start(socket, options),
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

async function sendingFile(): Promise<Stage> {
  const path = join(temporaryDirectory(), 'sent');
  writeFileSync(path, fresh(pieceBytes));
  const file = await open(path);
  const stage = await sending((socket, options) =>
    call(
      [],
      () => socket.sendFile(file, options),
      (bytes) => bytes,
    ),
  )();
  const close = async (): Promise<void> => {
    await stage.close();
    await file.close();
  };
  return { ...stage, close };
}

async function accepting(): Promise<Stage> {
  const path = pipeName();
  const server = await listen({ path });
  const handle = closable(server);
  const clients: number[] = [];
  const accepted: Socket[] = [];
  return {
    handle,
    keeps: 1,
    listeners: 2,
    start: (options) =>
      call(
        [],
        () => server.accept(options),
        (socket) => accepted.push(socket),
      ),
    release: async () => {
      // Where nobody has waited yet, the first client finds an instance, and the second waits for one.
      clients.push(await perform('pipeConnect', { bytes: path }));
    },
    check: async () => {
      if (handle.closing) return;
      accepted.push(...(await untilSilent((options) => server.accept(options))));
      assert.is(accepted.length, clients.length, 'connections');
    },
    close: async () => {
      await handle.close();
      for (const socket of accepted) await socket.close();
      for (const client of clients) closeNow(client);
    },
  };
}

async function connecting(): Promise<Stage> {
  const path = pipeName();
  const instances = [outsideAddon().pipeListen(path, bufferBytes)];
  const first = outsideAddon().pipeOpen(path);
  const connected: Socket[] = [];
  return {
    handle: null,
    start: (options) =>
      call(
        [],
        () => connect({ path, ...options }),
        (socket) => connected.push(socket),
      ),
    release: () => void instances.push(outsideAddon().pipeListen(path, bufferBytes)),
    check: () => {
      const taken = instances.filter((instance) => !outsideAddon().isListening(instance));
      assert.is(taken.length, connected.length + 1, 'instances with a client');
    },
    close: async () => {
      for (const socket of connected) await socket.close();
      for (const handle of [first, ...instances]) outsideAddon().close(handle);
    },
  };
}

function scenario(name: string, prepare: () => Promise<Stage>, ...more: Scenario['abilities']): Scenario {
  return { name, abilities: ['many', 'release', 'cancel', ...more], prepare };
}

export const publicPipeScenarios: readonly Scenario[] = [
  scenario(
    'socket.read() of a pipe into a buffer',
    receiving((socket, options) => {
      const view = fresh(64);
      return call(
        [view],
        () => socket.read(view, options),
        (bytes) => bytes,
      );
    }),
    'handle',
  ),
  scenario(
    'socket.read() of a pipe without a buffer',
    receiving((socket, options) => callForBytes(() => socket.read({ ...options }))),
    'handle',
  ),
  scenario(
    'socket.write() to a full pipe',
    sending((socket, options) => {
      const view = fresh(pieceBytes);
      return call(
        [view],
        () => socket.write(view, options),
        (bytes) => bytes,
      );
    }),
    'handle',
  ),
  scenario(
    'socket.writev() to a full pipe',
    sending((socket, options) => {
      const views = [fresh(1024), fresh(pieceBytes - 1024)];
      return call(
        views,
        () => socket.writev(views, options),
        (bytes) => bytes,
      );
    }),
    'handle',
  ),
  scenario('socket.sendFile() to a full pipe', sendingFile, 'handle'),
  scenario('server.accept() on a pipe', accepting, 'handle'),
  scenario('connect() to a busy pipe', connecting),
];
