// Worker threads that are ended in the middle of receiving and watching.

import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind } from '../../../src/dgram/index.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startWorker } from '../../support/worker.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

test('ended workers leave no socket, no watch and nobody who takes datagrams', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'below'));
  const sender = await bind({ address: '127.0.0.1' });
  // What the first worker loads for the whole process stays open.
  let before = openDescriptors();
  for (let round = 0; round < 6; round++) {
    const worker = startWorker(`../children/dgram-worker.${extension}`, import.meta.url, { workerData: directory });
    const [port] = (await deadline(once(worker, 'message'), 'the worker')) as [number];
    await sender.send('while it runs', port, '127.0.0.1');
    await deadline(worker.terminate(), 'terminate()');
    if (round === 0) {
      // Directories that were watched on Windows are closed by a thread nobody waits for.
      await pause(250);
      before = openDescriptors();
    }
    const rebound = await deadline(bind({ address: '127.0.0.1', port }), 'the port of the ended worker');
    await sender.send('to us', port, '127.0.0.1');
    assert.is((await deadline(rebound.receive(), 'the datagram')).data.toString(), 'to us');
    await rebound.close();
  }
  await assertSameDescriptors(before, 'six workers');
  await sender.close();
});

test.run();
