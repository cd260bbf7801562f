// Operations that hang on a connected stream socket, TCP and Unix.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from '../../../src/binding.ts';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { pause } from '../../support/deadline.ts';
import { closeNow } from '../../support/descriptors.ts';
import { type Arguments, type OperationName, start } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import { drainSocket, Family, fillForGood, makeRoom, streamPair } from '../../support/sockets.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { onWine } from '../../support/windows-differences.ts';
import { assertAllSent, Messages } from '../messages.ts';
import { fresh } from '../scene.ts';
import type { Scenario, Stage } from '../stage.ts';

const pieceBytes = 4096;
const noSignal = 0x4000; // MSG_NOSIGNAL

function receiving(operation: OperationName, family: Family): () => Promise<Stage> {
  return async () => {
    const [ours, theirs] = await streamPair(family);
    const handle = new Handle(runtime, ours);
    const messages = new Messages();
    return {
      handle,
      start: (options) => start(operation, { on: handle, views: [fresh(64)] }, options),
      release: () => void outside.write(theirs, messages.make()),
      check: async (outcomes) => {
        // A closed socket's bytes are gone; before that, nobody has sent any.
        if (handle.closing) return;
        messages.assertAllReceived(outcomes, Buffer.concat(await drainSocket(ours)));
      },
      close: async () => {
        await handle.close();
        closeNow(theirs);
      },
    };
  };
}

function sending(operation: OperationName, family: Family, given: () => Arguments): () => Promise<Stage> {
  return async () => {
    const [ours, theirs] = await streamPair(family);
    const handle = new Handle(runtime, ours);
    const filled = await fillForGood(ours, pieceBytes);
    const received: Buffer[] = [];
    const length = (): number => received.reduce((sum, part) => sum + part.byteLength, 0);
    return {
      handle,
      start: (options) => start(operation, { on: handle, ...given() }, options),
      release: () => {
        if (!handle.closing) makeRoom(ours);
        // What was filled in is on its way: reading it does not block.
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

function sendingFile(): () => Promise<Stage> {
  return async () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, fresh(pieceBytes));
    const file = await outside.openFile(path);
    const given = { argument0: file, length: pieceBytes };
    const stage = await sending('socketSendFile', Family.ipv4, () => given)();
    const close = async (): Promise<void> => {
      await stage.close();
      closeNow(file);
    };
    return { ...stage, close };
  };
}

function polling(): () => Promise<Stage> {
  return async () => {
    const [ours, theirs] = await streamPair(Family.unix);
    const handle = new Handle(runtime, ours);
    return {
      handle,
      start: (options) => start('readable', { on: handle }, options),
      release: () => void outside.write(theirs, Buffer.from('x')),
      check: () => {},
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

const whole = (): Arguments => ({ views: [fresh(pieceBytes)], argument0: noSignal });
const parts = (): Arguments => ({ views: [fresh(1024), fresh(pieceBytes - 1024)], argument0: noSignal });

const overTcp: readonly Scenario[] = [
  scenario('socketReceive from a silent TCP peer', receiving('socketReceive', Family.ipv4)),
  scenario('socketReceiveMessage from a silent TCP peer', receiving('socketReceiveMessage', Family.ipv4)),
  scenario('socketSend to a full TCP peer', sending('socketSend', Family.ipv4, whole)),
  scenario('socketSendVector to a full TCP peer', sending('socketSendVector', Family.ipv4, parts)),
];

const onLinux: readonly Scenario[] = [
  scenario('socketReceive from a silent Unix peer', receiving('socketReceive', Family.unix)),
  scenario('fileRead of a silent socket', receiving('fileRead', Family.unix)),
  scenario('socketSend to a full Unix peer', sending('socketSend', Family.unix, whole)),
  scenario('socketSendMessage to a full Unix peer', sending('socketSendMessage', Family.unix, whole)),
  scenario('readable of a silent socket', polling()),
];

const onWindows: readonly Scenario[] = [
  scenario('fileRead of a silent socket', receiving('fileRead', Family.ipv4)),
  scenario('socketSendMessage to a full TCP peer', sending('socketSendMessage', Family.ipv4, whole)),
  ...(onWine('cancelledTransmitsKeepConnections')
    ? [scenario('socketSendFile to a full TCP peer', sendingFile())]
    : []),
];

export const streamScenarios: readonly Scenario[] = [...overTcp, ...(platform === 'win32' ? onWindows : onLinux)];
