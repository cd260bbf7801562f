// Pairs of connected sockets of rescind/net, and bytes that can be told apart.

import {
  type ConnectOptions,
  connect,
  type ListenOptions,
  listen,
  type Server,
  type Socket,
} from '../../src/net/index.ts';
import { outside } from './outside.ts';
import { onWindows } from './platforms.ts';
import { listenerAt } from './sockets.ts';
import { untilUntaken } from './tcp-queues.ts';

export interface Connection {
  server: Server;
  /** The connecting end. */
  near: Socket;
  /** The accepted end. */
  far: Socket;
  /** Ends what `near` writes; where the transport has no half to close, with all of `near`. */
  endNear(): Promise<void>;
  close(): Promise<void>;
}

/** What connections run over; 'local' is a Unix socket, and on Windows a named pipe. */
export type Transport = 'tcp' | 'local';

/** Whether an end may stop writing and go on reading; a named pipe has no half to close. */
export function halfCloses(transport: Transport): boolean {
  return transport === 'tcp' || !onWindows;
}

/** What a named pipe of listen() holds before a write waits. */
const pipeBytes = 64 * 1024;

let named = 0;

/** A path nobody else uses, of a server on this computer: an abstract name, on Windows that of a named pipe. */
export function localPath(): string {
  const name = `rescind-net-${process.pid}-${named++}`;
  return onWindows ? `\\\\.\\pipe\\${name}` : `\0${name}`;
}

/** The options that lead to a server. */
export function targetOf(server: Server): ConnectOptions {
  const address = server.address();
  if (address === null) throw new Error('the server is closed');
  return typeof address === 'string' ? { path: address } : { port: address.port, host: address.address };
}

export async function connection(transport: Transport = 'tcp', options: ListenOptions = {}): Promise<Connection> {
  const server = await listen({
    ...(transport === 'tcp' ? { host: '127.0.0.1' } : { path: localPath() }),
    ...options,
  });
  const [far, near] = await Promise.all([server.accept(), connect(targetOf(server))]);
  const close = async (): Promise<void> => {
    await Promise.all([near.close(), far.close(), server.close()]);
  };
  const endNear = (): Promise<void> => (halfCloses(transport) ? near.shutdown() : near.close());
  return { server, near, far, endNear, close };
}

export interface FullServer {
  server: Server;
  /** Closes it with what keeps it full. */
  close(): Promise<void>;
}

/** A server to which further connections hang, until somebody accepts. */
export async function fullServer(): Promise<FullServer> {
  const server = await listen({ host: '127.0.0.1', backlog: 0 });
  const { port } = server.address() as { port: number };
  const plugs: Socket[] = [];
  if (!outside.acceptsLater(listenerAt(port))) {
    plugs.push(await connect(targetOf(server)));
    await untilUntaken(port, 1);
  }
  const close = async (): Promise<void> => {
    await Promise.all([server, ...plugs].map((one) => one.close()));
  };
  return { server, close };
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
  const isPipe = onWindows && socket.remoteAddress === undefined;
  // At once: what can be taken back goes byte by byte under Wine.
  let total = isPipe ? await socket.write(Buffer.alloc(pipeBytes)) : 0;
  for (;;) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 50);
    const count = await socket.write(piece, { signal: stop.signal }).catch(() => 0);
    clearTimeout(timer);
    total += count;
    // A part may also be what there was time for.
    if (count === 0) return total;
  }
}
