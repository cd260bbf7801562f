// Pairs of connected sockets of rescind/net, and bytes that can be told apart.

import {
  type ConnectOptions,
  connect,
  type ListenOptions,
  listen,
  type Server,
  type Socket,
} from '../../src/net/index.ts';

export interface Connection {
  server: Server;
  /** The connecting end. */
  near: Socket;
  /** The accepted end. */
  far: Socket;
  close(): Promise<void>;
}

export type Transport = 'tcp' | 'unix';

let named = 0;

/** An abstract socket path nobody else uses. */
export function abstractPath(): string {
  return `\0rescind-net-${process.pid}-${named++}`;
}

/** The options that lead to a server. */
export function targetOf(server: Server): ConnectOptions {
  const address = server.address();
  if (address === null) throw new Error('the server is closed');
  return typeof address === 'string' ? { path: address } : { port: address.port, host: address.address };
}

export async function connection(transport: Transport = 'tcp', options: ListenOptions = {}): Promise<Connection> {
  const server = await listen({
    ...(transport === 'tcp' ? { host: '127.0.0.1' } : { path: abstractPath() }),
    ...options,
  });
  const [far, near] = await Promise.all([server.accept(), connect(targetOf(server))]);
  const close = async (): Promise<void> => {
    await Promise.all([near.close(), far.close(), server.close()]);
  };
  return { server, near, far, close };
}

/** Bytes from `offset` on of a stream whose every four bytes are the number of their place, times an odd number. */
export function numbered(offset: number, length: number): Buffer {
  const first = offset >> 2;
  const words = new Uint32Array(((offset + length + 3) >> 2) - first);
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(first + index, 0x9e3779b1);
  const start = offset - (first << 2);
  return Buffer.from(words.buffer, start, length);
}

/** Reads until the end of the stream, or until `most` bytes are there. */
export async function readAll(socket: Socket, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total < most) {
    const chunk = await socket.read(most - total < 65536 ? { size: most - total } : undefined);
    if (chunk.byteLength === 0) break;
    total += chunk.byteLength;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Writes until the other end, which does not read, has no room any more; aborts the write that waits. */
export async function fill(socket: Socket): Promise<number> {
  const piece = Buffer.alloc(256 * 1024);
  let total = 0;
  for (;;) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 50);
    const count = await socket.write(piece, { signal: stop.signal }).catch(() => 0);
    clearTimeout(timer);
    total += count;
    if (count < piece.byteLength) return total;
  }
}
