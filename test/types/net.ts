// What the compiler must accept of rescind/net, and what it must refuse. Compiled with everything else, never run.

import { lookup } from '../../src/dns/lookup.ts';
import type { FileHandle } from '../../src/fs/index.ts';
import {
  type AddressInfo,
  connect,
  listen,
  type SendFileOptions,
  type Server,
  type Socket,
} from '../../src/net/index.ts';

const signal = new AbortController().signal;
declare const file: FileHandle;

export async function accepted(): Promise<void> {
  const server: Server = await listen({ port: 0, host: 'localhost', backlog: 5, ipv6Only: true, signal, timeoutMs: 1 });
  await listen();
  await listen(8080);
  await listen(8080, '127.0.0.1');
  await listen('/tmp/socket');
  const address: AddressInfo | string | null = server.address();

  const socket: Socket = await connect({ port: 80, host: 'localhost', family: 6, noDelay: true, detachAfterMs: 5 });
  await connect({ path: '/tmp/socket', signal: undefined });
  await connect({ path: String.raw`\\.\pipe\name`, pipeMode: 'messages' });
  await listen({ path: '//./pipe/name', pipeMode: 'bytes' });
  await connect(80);
  await connect(80, 'localhost', { signal });
  await connect('/tmp/socket', { timeoutMs: 5 });

  const count: number = await socket.read(new Uint8Array(5), { signal, detach: true });
  await socket.read(new DataView(new ArrayBuffer(1)));
  await socket.read(new Float64Array(1));
  const bytes: Buffer = await socket.read();
  const more: Buffer = await socket.read({ size: 5, signal });
  const sent: number = await socket.write('text', { encoding: 'latin1', zeroCopy: true });
  await socket.write(bytes, { timeoutMs: 5 });
  await socket.writev([bytes, more, new Uint16Array(3)], { signal });
  const fileBytes: number = await socket.sendFile(file);
  await socket.sendFile(file, { position: 5, length: 10, signal, timeoutMs: 5, detach: true, detachAfterMs: 5 });
  await socket.sendFile(file, { position: 5n, length: undefined } satisfies SendFileOptions);
  await socket.shutdown({ signal });
  for await (const chunk of socket) chunk.toString('hex');
  for await (const chunk of socket.chunks({ size: 5 })) chunk.toString('hex');
  for await (const one of server) await one.close();
  const port: number | undefined = socket.setNoDelay().setKeepAlive(true, 5).ref().unref().remotePort;

  const one: { address: string; family: 4 | 6 } = await lookup('localhost', { family: 4, signal });
  const all: { address: string; family: 4 | 6 }[] = await lookup('localhost', { all: true });
  void [address, count, sent, fileBytes, port, one, all];

  await using scoped = await connect(80);
  void scoped;
}

export async function refused(socket: Socket): Promise<void> {
  // @ts-expect-error: a host is a string
  await connect({ port: 80, host: 5 });
  // @ts-expect-error: a pipe carries bytes or messages
  await listen({ path: '//./pipe/name', pipeMode: 'text' });
  // @ts-expect-error: there is no such family
  await connect({ port: 80, family: 5 });
  // @ts-expect-error: a misspelt option
  await connect({ port: 80, singal: signal });
  // @ts-expect-error: what is connected to is said first
  await connect('/tmp/socket', { port: 80 });
  // @ts-expect-error: a size is for reads without a buffer
  await socket.read(Buffer.alloc(1), { size: 5 });
  // @ts-expect-error: numbers are not written
  await socket.write(5);
  // @ts-expect-error: a count is no Buffer
  const bytes: Buffer = await socket.read(Buffer.alloc(1));
  // @ts-expect-error: a path is no open file
  await socket.sendFile('/tmp/file');
  // @ts-expect-error: neither is a descriptor
  await socket.sendFile(file.fd);
  // @ts-expect-error: a length is a number
  await socket.sendFile(file, { length: 5n });
  // @ts-expect-error: null is no position here: the current one is left alone
  await socket.sendFile(file, { position: null });
  // @ts-expect-error: views come in an array
  await socket.writev(Buffer.alloc(1));
  // @ts-expect-error: all of them are an array
  const one: { address: string } = await lookup('localhost', { all: true });
  void [bytes, one];
}
