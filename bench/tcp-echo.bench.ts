// A TCP echo server with 64-byte messages. One and the same client, in C and in a process of its own, drives
// every server, so that the servers are what is compared.

import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { type ChildPeer, programPath } from './harness/child-peer.ts';
import type { Claim, Instance, Sample, Scenario } from './harness/scenario.ts';

const run = promisify(execFile);

async function rescindServer(): Promise<Instance> {
  const { listen } = await import('rescind/net');
  const server = await listen({ host: '127.0.0.1', port: 0, backlog: 1024 });
  type Connection = Awaited<ReturnType<typeof server.accept>>;

  async function serve(socket: Connection): Promise<void> {
    socket.setNoDelay(true);
    const buffer = Buffer.allocUnsafe(4096);
    for (;;) {
      const bytes = await socket.read(buffer);
      if (bytes === 0) break;
      await socket.write(buffer.subarray(0, bytes));
    }
    await socket.close();
  }

  async function acceptAll(): Promise<void> {
    for await (const socket of server) serve(socket).catch(() => socket.close());
  }
  acceptAll().catch((error) => console.error(error));
  return { port: () => (server.address() as AddressInfo).port, close: () => server.close() };
}

async function nodeServer(): Promise<Instance> {
  const { createServer } = await import('node:net');
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, resolve));
  return { port: () => (server.address() as AddressInfo).port };
}

async function drive(peer: ChildPeer, connections: string, seconds: number): Promise<Sample> {
  const { port } = await peer.ask<{ port: number }>('port');
  const before = await peer.usage();
  const { stdout } = await run(programPath('echo-client'), [String(port), connections, String(seconds)]);
  const { value } = JSON.parse(stdout) as Sample;
  return { value, cpuMicroseconds: ((await peer.usage()) - before) / (value * seconds) };
}

function claim(connections: number, peer: string, must: number, stretch: number): Claim {
  return {
    work: `TCP echo of 64 B, ${connections} connections`,
    of: { peer: 'rescind', point: String(connections) },
    to: { peer, point: String(connections) },
    must: { atLeast: must },
    stretch: { atLeast: stretch },
  };
}

export const tcpEcho: Scenario = {
  name: 'tcp-echo',
  title: 'TCP echo of 64 B',
  unit: 'operations/s',
  axis: 'connections',
  points: ['1', '64', '512'],
  drive,
  peers: [
    { name: 'rescind', start: rescindServer },
    { name: 'node:net', start: nodeServer },
    { name: 'C epoll', program: 'echo-server', programArguments: () => [] },
  ],
  claims: [
    claim(64, 'node:net', 1.5, 1.6),
    claim(512, 'node:net', 1.5, 1.6),
    claim(64, 'C epoll', 0.95, 0.99),
    claim(512, 'C epoll', 0.95, 0.99),
  ],
};
