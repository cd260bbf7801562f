// A worker in the middle of everything: it says on which port it listens, and is ended.

import { parentPort } from 'node:worker_threads';
import { connect } from '../../../../src/net/index.ts';
import { connection, fill, targetOf } from '../../../support/connections.ts';
import { pause } from '../../../support/deadline.ts';

const ignore = (promise: Promise<unknown>): void => void promise.catch(() => {});

const held = await Promise.all([connection(), connection(), connection('local')]);
for (const { server, near, far } of held) {
  ignore(near.read());
  ignore(near.read(Buffer.alloc(100)));
  ignore(far.read());
  await fill(far);
  ignore(far.write(Buffer.alloc(1_000_000)));
  ignore(far.writev([Buffer.alloc(1000)]));
  // Accepted by the kernel, taken by nobody.
  await connect(targetOf(server));
}
await pause(10);
ignore(held[1].server.accept());
parentPort?.postMessage((held[0].server.address() as { port: number }).port);
setInterval(() => held, 1000);
