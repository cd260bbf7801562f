// Where names are asked of a server that never answers (support/namespaces.ts): 64 lookups hang, others and files go on.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { lookup } from '../../../../src/dns/lookup.ts';
import { readdir } from '../../../../src/fs/index.ts';
import { runtime } from '../../../../src/runtime/runtime.ts';
import { until } from '../../../support/deadline.ts';
import { nameServer } from '../../../support/namespaces.ts';

const hung = 64;
const rounds = 300;

const server = createSocket('udp4');
server.bind(nameServer.port, nameServer.address);
await once(server, 'listening');
const asked = new Set<string>();
server.on('message', (message) => {
  // The labels of the question: "n.dead.test".
  const label = message.subarray(13, 13 + (message[12] as number)).toString();
  asked.add(label);
});

/** Milliseconds for lookups and listings one after the other. */
async function work(): Promise<number> {
  const begun = performance.now();
  for (let round = 0; round < rounds; round++) {
    const [{ address }] = await Promise.all([lookup(`alive-${round % 5}.test`), readdir('/proc/self/task')]);
    if (address !== '192.0.2.1') throw new Error(`alive at ${address}`);
  }
  return performance.now() - begun;
}

await work();
const alone = await work();
const abort = new AbortController();
const lookups = Array.from({ length: hung }, (_, index) => lookup(`${index}.dead.test`, { signal: abort.signal }));
const settled = Promise.allSettled(lookups);
await until(() => asked.size >= 8, 'the questions');
const beside = await work();
const before = runtime.counts();
const aborted = performance.now();
abort.abort('enough');
const outcomes = await settled;
const report = {
  asked: asked.size,
  alone,
  beside,
  hung: before.inFlight,
  abortMs: performance.now() - aborted,
  reasons: outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason === 'enough').length,
  after: runtime.counts(),
};
process.stdout.write(JSON.stringify(report), () => process.exit(0));
