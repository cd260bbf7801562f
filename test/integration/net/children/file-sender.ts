// A worker that sends files to a peer that does not read, and is ended.

import { parentPort, workerData } from 'node:worker_threads';
import { open } from '../../../../src/fs/index.ts';
import { type ConnectOptions, connect } from '../../../../src/net/index.ts';
import { pause } from '../../../support/deadline.ts';
import { type Road, takeRoad } from '../../../support/file-roads.ts';

const { target, path, road } = workerData as { target: ConnectOptions; path: string; road: Road };
takeRoad(road);
const file = await open(path);
const socket = await connect(target);
const calls = [socket.sendFile(file), socket.sendFile(file)];
for (const call of calls) call.catch(() => {});
await pause(20);
parentPort?.postMessage('sending');
setInterval(() => calls, 1000);
