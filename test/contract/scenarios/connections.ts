// Operations that wait for the other side of a connection: accept, connect, datagrams.

import * as assert from 'uvu/assert';
import { platform } from '../../../src/binding.ts';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { closeNow } from '../../support/descriptors.ts';
import { perform, start } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import {
  datagramPair,
  drainSocket,
  Family,
  fillSocket,
  fullListener,
  isConnected,
  listener,
  openSocket,
} from '../../support/sockets.ts';
import { Messages } from '../messages.ts';
import { fresh } from '../scene.ts';
import type { Scenario, Stage } from '../stage.ts';

/** Takes connections until none comes for a while. */
async function acceptAll(descriptor: number): Promise<number> {
  for (let count = 0; ; count++) {
    try {
      closeNow(await perform('socketAccept', { on: descriptor }, { timeoutMs: 30 }));
    } catch (error) {
      assert.is((error as Error).name, 'TimeoutError');
      return count;
    }
  }
}

function accepting(family: Family): () => Promise<Stage> {
  return async () => {
    const { descriptor, address } = await listener(family);
    const handle = new Handle(runtime, descriptor);
    const spare: number[] = [];
    for (let count = 0; count < 4; count++) spare.push(await openSocket(family));
    const clients: number[] = [];
    return {
      handle,
      start: (options) => start('socketAccept', { on: handle }, options),
      release: async () => {
        const client = spare.pop();
        if (client === undefined) throw new Error('more releases than clients');
        clients.push(client);
        await perform('socketConnect', { on: client, bytes: address });
      },
      check: async (outcomes) => {
        const taken = outcomes.filter(({ resolved }) => resolved);
        for (const { value } of taken) {
          assert.ok(isConnected(value), 'an accepted socket is connected');
          closeNow(value);
        }
        if (!handle.closing) assert.is(taken.length + (await acceptAll(descriptor)), clients.length, 'connections');
      },
      close: async () => {
        await handle.close();
        for (const client of [...spare, ...clients]) closeNow(client);
      },
    };
  };
}

const connectable = 10;

function connecting(family: Family): () => Promise<Stage> {
  return async () => {
    const { descriptor, address, fillers } = await fullListener(family);
    const sockets: number[] = [];
    for (let count = 0; count < connectable; count++) sockets.push(await openSocket(family));
    const handle = new Handle(runtime, sockets[0] as number);
    let next = 0;
    let accepted = 0;
    return {
      handle,
      start: (options) => {
        const on = next === 0 || handle.closing ? handle : (sockets[next] as number);
        next++;
        return start('socketConnect', { on, bytes: address }, options);
      },
      release: async () => {
        try {
          closeNow(await perform('socketAccept', { on: descriptor }, { timeoutMs: 30 }));
          accepted++;
        } catch (error) {
          assert.is((error as Error).name, 'TimeoutError');
        }
      },
      check: async (outcomes) => {
        const made = outcomes.filter(({ resolved }) => resolved).length;
        // TCP may have sent its SYN before the connect was taken back: that connection dies with its socket.
        if (family === Family.unix) {
          assert.is(accepted + (await acceptAll(descriptor)), made + fillers.length, 'connections');
        }
      },
      close: async () => {
        await handle.close();
        for (const socket of sockets.slice(1)) closeNow(socket);
        for (const filler of fillers) closeNow(filler);
        closeNow(descriptor);
      },
    };
  };
}

function receivingDatagrams(family: Family): () => Promise<Stage> {
  return async () => {
    const [ours, theirs] = await datagramPair(family);
    const handle = new Handle(runtime, ours);
    const messages = new Messages();
    return {
      handle,
      start: (options) => start('socketReceiveMessage', { on: handle, views: [fresh(64)] }, options),
      release: () => void outside.write(theirs, messages.make()),
      check: async (outcomes) => {
        if (!handle.closing) messages.assertAllReceived(outcomes, Buffer.concat(await drainSocket(ours)));
      },
      close: async () => {
        await handle.close();
        closeNow(theirs);
      },
    };
  };
}

// Only Unix datagrams wait for their receiver.
function sendingDatagrams(): () => Promise<Stage> {
  return async () => {
    const [ours, theirs] = await datagramPair(Family.unix);
    const handle = new Handle(runtime, ours);
    const filled = (await fillSocket(ours, 8)) / 8;
    let taken = 0;
    return {
      handle,
      start: (options) => start('socketSendMessage', { on: handle, views: [fresh(8)] }, options),
      release: () => {
        // All of it: a sender is told only when most of what it has on the way is gone.
        for (; taken < filled; taken++) assert.is(outside.read(theirs, Buffer.alloc(64)), 8);
      },
      check: async (outcomes) => {
        const rest = await drainSocket(theirs);
        const sent = outcomes.filter(({ resolved }) => resolved).length;
        assert.is(taken + rest.length, filled + sent, 'datagrams');
      },
      close: async () => {
        await handle.close();
        closeNow(theirs);
      },
    };
  };
}

function scenario(name: string, prepare: () => Promise<Stage>): Scenario {
  return { name, abilities: ['many', 'release', 'handle', 'cancel'], prepare };
}

const overIp: readonly Scenario[] = [
  scenario('socketAccept on an idle TCP listener', accepting(Family.ipv4)),
  scenario('socketConnect to a full TCP listener', connecting(Family.ipv4)),
  scenario('socketReceiveMessage on an idle UDP socket', receivingDatagrams(Family.ipv4)),
];

const overUnix: readonly Scenario[] = [
  scenario('socketAccept on an idle Unix listener', accepting(Family.unix)),
  scenario('socketConnect to a full Unix listener', connecting(Family.unix)),
  scenario('socketReceiveMessage on an idle Unix socket', receivingDatagrams(Family.unix)),
  scenario('socketSendMessage to a full Unix socket', sendingDatagrams()),
];

export const connectionScenarios: readonly Scenario[] = [...overIp, ...(platform === 'win32' ? [] : overUnix)];
