// Tells that it is loaded, opens a file, tells when the first read is done, and reads on.

import { parentPort } from 'node:worker_threads';
import { platform } from '../../../src/binding.ts';
import { open } from '../../../src/fs/index.ts';
import { occupyThread } from '../../support/deadline.ts';

parentPort?.postMessage('loaded');
// As long as the message takes, so that what follows can be met.
occupyThread(0.3);
const file = await open(platform === 'win32' ? process.execPath : '/proc/self/stat');
const buffer = Buffer.alloc(64);
await file.read(buffer, 0, 64, 0);
parentPort?.postMessage('read');
for (;;) await file.read(buffer, 0, 64, 0);
