// Operations of Windows that wait for the other side of a named pipe: accept and connect.

import * as assert from 'uvu/assert';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { closeNow } from '../../support/descriptors.ts';
import { perform, start } from '../../support/operations.ts';
import { outsideAddon } from '../../support/windows/outside.ts';
import { bufferBytes, pipeName } from '../../support/windows/pipe.ts';
import type { Scenario, Stage } from '../stage.ts';

/** Takes clients until none comes for a while. */
async function acceptAll(listener: Handle): Promise<number> {
  for (let count = 0; ; count++) {
    try {
      closeNow(await perform('socketAccept', { on: listener }, { timeoutMs: 30 }));
    } catch (error) {
      assert.is((error as Error).name, 'TimeoutError');
      return count;
    }
  }
}

async function accepting(): Promise<Stage> {
  const path = pipeName();
  const handle = new Handle(runtime, await perform('pipeListen', { bytes: path }));
  const clients: (number | Promise<number>)[] = [];
  return {
    handle,
    start: (options) => start('socketAccept', { on: handle }, options),
    release: async () => {
      try {
        clients.push(outsideAddon().pipeOpen(path));
      } catch (error) {
        // One client may come before its accept; the next is told that the pipe is busy, and waits.
        if (!/231/.test((error as Error).message)) throw error;
        clients.push(perform('pipeConnect', { bytes: path }));
      }
    },
    check: async (outcomes) => {
      const taken = outcomes.filter(({ resolved }) => resolved);
      for (const { value } of taken) {
        assert.ok(outsideAddon().isConnected(value), 'an accepted pipe is connected');
        closeNow(value);
      }
      if (!handle.closing) assert.is(taken.length + (await acceptAll(handle)), clients.length, 'clients');
    },
    close: async () => {
      await handle.close();
      for (const client of clients) closeNow(await client);
    },
  };
}

// All instances have clients.
async function connecting(): Promise<Stage> {
  const path = pipeName();
  const instances = [outsideAddon().pipeListen(path, bufferBytes)];
  const first = outsideAddon().pipeOpen(path);
  return {
    handle: null,
    start: (options) => start('pipeConnect', { bytes: path }, options),
    release: () => void instances.push(outsideAddon().pipeListen(path, bufferBytes)),
    check: (outcomes) => {
      const made = outcomes.filter(({ resolved }) => resolved);
      for (const { value } of made) assert.ok(outsideAddon().isConnected(value), 'a connected pipe');
      // An instance that a client has left is no one's to connect to, until its server says so.
      const taken = instances.filter((instance) => !outsideAddon().isListening(instance));
      assert.is(taken.length, made.length + 1, 'instances with a client');
      for (const { value } of made) closeNow(value);
    },
    close: () => {
      for (const handle of [first, ...instances]) outsideAddon().close(handle);
    },
  };
}

export const namedPipeScenarios: readonly Scenario[] = [
  {
    name: 'socketAccept on an idle pipe listener',
    abilities: ['many', 'release', 'handle', 'cancel'],
    prepare: accepting,
  },
  { name: 'pipeConnect to a busy pipe', abilities: ['many', 'release', 'cancel'], prepare: connecting },
];
