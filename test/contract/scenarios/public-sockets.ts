// rescind/net and rescind/dgram, against peers on bare descriptors.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { platform } from '../../../src/binding.ts';
import { bind } from '../../../src/dgram/index.ts';
import { open } from '../../../src/fs/index.ts';
import { connect, listen, type Socket } from '../../../src/net/index.ts';
import { wireAddress } from '../../../src/runtime/address.ts';
import type { OperationOptions } from '../../../src/runtime/operation.ts';
import { pause } from '../../support/deadline.ts';
import { closeNow } from '../../support/descriptors.ts';
import { type Road, roadsWithExits, takeRoad } from '../../support/file-roads.ts';
import { perform, type Started } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import {
  descriptorOf,
  drainSocket,
  Family,
  fillForGood,
  fullListener,
  listener,
  makeRoom,
  openSocket,
  portOf,
} from '../../support/sockets.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { assertAllSent, Messages } from '../messages.ts';
import { fresh } from '../scene.ts';
import type { Scenario, Stage } from '../stage.ts';
import { call, callForBytes, closable, untilSilent } from './public-call.ts';

const pieceBytes = 4096;
const directory = temporaryDirectory();

/** A socket of ours, and the descriptor of its peer. */
async function pair(): Promise<{ socket: Socket; theirs: number }> {
  const { descriptor } = await listener(Family.ipv4);
  const accepted = perform('socketAccept', { on: descriptor });
  const socket = await connect({ host: '127.0.0.1', port: portOf(descriptor) });
  const theirs = await accepted;
  closeNow(descriptor);
  return { socket, theirs };
}

function receiving(start: (socket: Socket, options?: OperationOptions) => Started): () => Promise<Stage> {
  return async () => {
    const { socket, theirs } = await pair();
    const messages = new Messages();
    const handle = closable(socket);
    return {
      handle,
      listeners: 2,
      start: (options) => start(socket, options),
      release: () => void outside.write(theirs, messages.make()),
      check: async (outcomes) => {
        if (handle.closing) return;
        messages.assertAllReceived(outcomes, Buffer.concat(await untilSilent((options) => socket.read(options))));
      },
      close: async () => {
        await handle.close();
        closeNow(theirs);
      },
    };
  };
}

function sending(start: (socket: Socket, options?: OperationOptions) => Started): () => Promise<Stage> {
  return async () => {
    const { socket, theirs } = await pair();
    const ours = descriptorOf(socket.localPort as number);
    const filled = await fillForGood(ours, pieceBytes);
    const received: Buffer[] = [];
    const length = (): number => received.reduce((sum, part) => sum + part.byteLength, 0);
    const handle = closable(socket);
    return {
      handle,
      listeners: 2,
      start: (options) => start(socket, options),
      release: () => {
        if (!handle.closing) makeRoom(ours);
        while (length() < filled) {
          const part = Buffer.allocUnsafe(filled - length());
          received.push(part.subarray(0, outside.read(theirs, part)));
        }
      },
      check: async (outcomes) => {
        const expected = outcomes.reduce((sum, { resolved, value }) => sum + (resolved ? value : 0), filled);
        for (let quiet = 0; quiet < 3; ) {
          const parts = await drainSocket(theirs);
          received.push(...parts);
          quiet = parts.length === 0 && length() >= expected ? quiet + 1 : 0;
          await pause(5);
        }
        const out = Buffer.concat(received);
        assertAllSent(outcomes, filled, out.byteLength, out.filter((byte) => byte === 0xee).byteLength);
      },
      close: async () => {
        await handle.close();
        closeNow(theirs);
      },
    };
  };
}

function sendingFile(road: Road, owner: 'socket' | 'file'): () => Promise<Stage> {
  return async () => {
    takeRoad(road);
    const path = join(directory, 'sent');
    writeFileSync(path, fresh(pieceBytes));
    const file = await open(path);
    const stage = await sending((socket, options) =>
      call(
        [],
        () => socket.sendFile(file, options),
        (bytes) => bytes,
      ),
    )();
    return {
      ...stage,
      handle: owner === 'file' ? closable(file) : stage.handle,
      close: async () => {
        await stage.close();
        await file.close();
      },
    };
  };
}

async function accepting(): Promise<Stage> {
  const server = await listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.address() as { port: number };
  const address = wireAddress({ address: '127.0.0.1', port });
  const handle = closable(server);
  const spare: number[] = [];
  for (let count = 0; count < 4; count++) spare.push(await openSocket(Family.ipv4));
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
      const client = spare.pop() as number;
      clients.push(client);
      await perform('socketConnect', { on: client, bytes: address });
    },
    check: async () => {
      if (handle.closing) return;
      accepted.push(...(await untilSilent((options) => server.accept(options))));
      assert.is(accepted.length, clients.length, 'connections');
    },
    close: async () => {
      await handle.close();
      for (const socket of accepted) await socket.close();
      for (const client of [...spare, ...clients]) closeNow(client);
    },
  };
}

function connecting(family: Family): () => Promise<Stage> {
  return async () => {
    const { descriptor, address, fillers } = await fullListener(family);
    const target =
      family === Family.unix
        ? { path: Buffer.from(address.subarray(16)).toString() }
        : { host: '127.0.0.1', port: portOf(descriptor) };
    const connected: Socket[] = [];
    let accepted = 0;
    const accept = async (options: OperationOptions): Promise<void> => {
      closeNow(await perform('socketAccept', { on: descriptor }, options));
      accepted++;
    };
    return {
      handle: null,
      start: (options) =>
        call(
          [],
          () => connect({ ...target, ...options }),
          (socket) => connected.push(socket),
        ),
      release: async () => {
        await accept({ timeoutMs: 30 }).catch((error: Error) => assert.is(error.name, 'TimeoutError'));
      },
      check: async () => {
        await untilSilent(accept);
        // TCP may have asked before the connect was taken back: that connection dies with its socket.
        if (family === Family.unix) assert.is(accepted, connected.length + fillers.length, 'connections');
      },
      close: async () => {
        for (const socket of connected) await socket.close();
        for (const filler of fillers) closeNow(filler);
        closeNow(descriptor);
      },
    };
  };
}

async function receivingDatagrams(): Promise<Stage> {
  const socket = await bind({ address: '127.0.0.1', port: 0 });
  const theirs = await openSocket(Family.ipv4, 'datagram');
  const { port } = socket.address() as { port: number };
  await perform('socketConnect', { on: theirs, bytes: wireAddress({ address: '127.0.0.1', port }) });
  const messages = new Messages();
  const handle = closable(socket);
  return {
    handle,
    start: (options) => callForBytes(() => socket.receive({ ...options }).then(({ data }) => data)),
    release: () => void outside.write(theirs, messages.make()),
    check: async (outcomes) => {
      if (handle.closing) return;
      const left = await untilSilent((options) => socket.receive(options));
      messages.assertAllReceived(outcomes, Buffer.concat(left.map(({ data }) => data)));
    },
    close: async () => {
      await handle.close();
      closeNow(theirs);
    },
  };
}

function scenario(name: string, prepare: () => Promise<Stage>, ...more: Scenario['abilities']): Scenario {
  return { name, abilities: ['many', 'release', 'cancel', ...more], prepare };
}

export const publicSocketScenarios: readonly Scenario[] = [
  scenario(
    'socket.read() into a buffer',
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
    'socket.read() without a buffer',
    receiving((socket, options) => callForBytes(() => socket.read({ ...options }))),
    'handle',
  ),
  scenario(
    'socket.write() to a full peer',
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
    'socket.writev() to a full peer',
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
  ...roadsWithExits.flatMap((road) =>
    (['socket', 'file'] as const).map((owner) =>
      scenario(`socket.sendFile() ${road} to a full peer, its ${owner}`, sendingFile(road, owner), 'handle'),
    ),
  ),
  scenario('server.accept()', accepting, 'handle'),
  scenario('connect() to a full listener', connecting(platform === 'win32' ? Family.ipv4 : Family.unix)),
  scenario('udp.receive()', receivingDatagrams, 'handle'),
];
