// Worker threads that are ended with sockets and servers open.

import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listen } from '../../../src/net/index.ts';
import { connection } from '../../support/connections.ts';
import { deadline } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { startWorker } from '../../support/worker.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

test('ended workers leave no socket open and no port taken', async () => {
  await (await connection()).close();
  // What the first worker loads for the whole process stays open.
  let before = openDescriptors();
  for (let round = 0; round < 5; round++) {
    const worker = startWorker(`./children/worker.${extension}`, import.meta.url);
    const [port] = (await deadline(once(worker, 'message'), 'the worker')) as [number];
    await deadline(worker.terminate(), 'terminate()');
    if (round === 0) before = openDescriptors();
    const server = await deadline(listen({ host: '127.0.0.1', port }), 'the port of the ended worker');
    assert.is((server.address() as { port: number }).port, port);
    await server.close();
  }
  await assertSameDescriptors(before, 'five workers');
});

test.run();
