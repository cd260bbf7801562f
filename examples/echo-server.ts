// An echo server that one signal ends: the accept loop and every connection stop by it.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, listen, type Socket } from 'rescind/net';

const controller = new AbortController();
const { signal } = controller;
const server = await listen({ host: '127.0.0.1', port: 0 });

async function echo(socket: Socket): Promise<void> {
  const buffer = Buffer.alloc(16 * 1024);
  try {
    for (;;) {
      const bytes = await socket.read(buffer, { signal });
      if (bytes === 0) return;
      await socket.write(buffer.subarray(0, bytes), { signal });
    }
  } finally {
    await socket.close();
  }
}

const connections: Promise<void>[] = [];
async function serve(): Promise<void> {
  for (;;) connections.push(echo(await server.accept({ signal })));
}
const serving = serve();

const { port } = server.address() as AddressInfo;
const client = await connect({ host: '127.0.0.1', port });
const buffer = Buffer.alloc(64);
for (const word of ['one', 'two', 'three']) {
  await client.write(Buffer.from(word));
  console.log('echo:', buffer.toString('utf8', 0, await client.read(buffer)));
}

setTimeout(() => controller.abort(new Error('shutting down')), 20);
await once(signal, 'abort');
const outcomes = await Promise.allSettled([serving, ...connections]);
console.log(
  'ended by the signal:',
  outcomes.every((outcome) => outcome.status === 'rejected'),
);
await client.close();
await server.close();
