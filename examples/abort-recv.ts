// Takes a pending receive back, and shows that no byte of the stream is lost by that.

import type { AddressInfo } from 'node:net';
import { connect, listen } from 'rescind/net';

const server = await listen({ host: '127.0.0.1', port: 0 });
const { port } = server.address() as AddressInfo;
const [socket, peer] = await Promise.all([connect({ host: '127.0.0.1', port }), server.accept()]);

const controller = new AbortController();
const buffer = Buffer.alloc(64);
const pending = socket.read(buffer, { signal: controller.signal });
setTimeout(() => controller.abort(new Error('changed my mind')), 50);
await pending.catch((reason: Error) => console.log(`taken back: ${reason.message}`));

await peer.write(Buffer.from('sent after the abort'));
const bytes = await socket.read(buffer);
console.log(`received: ${buffer.toString('utf8', 0, bytes)}`);

await Promise.all([socket.close(), peer.close()]);
await server.close();
