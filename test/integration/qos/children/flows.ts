// In a network of its own (support/namespaces.ts): what flows do to packets, to the rate of a connection, and what they tell of
// its congestion. Prints what it has seen.

import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { bind } from '../../../../src/dgram/index.ts';
import { connect, listen, type Socket } from '../../../../src/net/index.ts';
import { open, type TrafficType } from '../../../../src/qos/index.ts';
import { pause, until } from '../../../support/deadline.ts';
import { loopback } from '../../../support/namespaces.ts';
import { type Packet, Packets } from '../../../support/packets.ts';

const qos = await open();
const packets = await Packets.observe();

/** The code points of packets with data that went to a port, each once, and the version they had. */
function marksAt(port: number, protocol: Packet['protocol']): string[] {
  const headerBytes = protocol === 'udp' ? 8 : 60;
  const found = packets.seen.filter(
    (packet) => packet.port === port && packet.protocol === protocol && packet.bytes > headerBytes,
  );
  return [...new Set(found.map(({ version, dscp }) => `ipv${version} ${dscp}`))];
}

async function datagrams(type: 'udp4' | 'udp6', to: string): Promise<string[]> {
  await using receiver = await bind({ type: to.includes(':') && !to.includes('.') ? 'udp6' : 'udp4' });
  await using sender = await bind({ type });
  const { port } = receiver.address();
  const flow = await qos.addFlow(sender, { trafficType: 'voice' });
  await sender.send('voice', port, to);
  await receiver.receive();
  await flow.set({ dscp: 46 });
  await sender.send('a code point', port, to);
  await receiver.receive();
  await flow.remove();
  await sender.send('nothing', port, to);
  await receiver.receive();
  await until(() => marksAt(port, 'udp').length === 3, `packets to ${to}`, 5000).catch(() => {});
  return marksAt(port, 'udp');
}

async function pair(host: string): Promise<{ near: Socket; far: Socket; port: number }> {
  const server = await listen({ host, port: 0 });
  const { port } = server.address() as { port: number };
  const [near, far] = await Promise.all([connect({ port, host }), server.accept()]);
  await server.close();
  return { near, far, port };
}

async function stream(host: string, trafficType: TrafficType): Promise<string[]> {
  const { near, far, port } = await pair(host);
  await qos.addFlow(near, { trafficType });
  await near.write(Buffer.alloc(1000));
  await far.read({ size: 1000 });
  await until(() => marksAt(port, 'tcp').length > 0, `packets to ${host}`, 5000).catch(() => {});
  await Promise.all([near.close(), far.close()]);
  return marksAt(port, 'tcp');
}

/** Bits per second that a flow with a limit delivers, the first part of a second left out. */
async function paced(bitsPerSecond: number): Promise<number> {
  const { near, far } = await pair('127.0.0.1');
  const flow = await qos.addFlow(near);
  await flow.set({ rate: bitsPerSecond });
  const stop = new AbortController();
  const writing = (async () => {
    while (!stop.signal.aborted) await near.write(Buffer.alloc(65_536), { signal: stop.signal });
  })().catch(() => {});
  const buffer = Buffer.alloc(65_536);
  let bytes = 0;
  const read = async (ms: number): Promise<number> => {
    const begun = performance.now();
    bytes = 0;
    while (performance.now() - begun < ms) bytes += await far.read(buffer);
    return performance.now() - begun;
  };
  await read(300);
  const ms = await read(1500);
  const rate = (8000 * bytes) / ms;
  stop.abort();
  await Promise.all([near.close(), far.close(), writing]);
  return rate;
}

/** What a connection tells when its packets get lost for a while. */
async function congestion(): Promise<object> {
  const { near, far } = await pair('127.0.0.1');
  const flow = await qos.addFlow(near, { adaptive: true });
  await flow.notify('uncongested', { timeoutMs: 5000 });
  let told = false;
  const congested = flow.notify('congested', { timeoutMs: 20_000 }).then(() => {
    told = true;
  });
  await near.write(Buffer.alloc(1000));
  await far.read({ size: 1000 });
  await pause(200);
  const toldTooEarly = told;
  const [program = '', ...down] = loopback('down');
  execFileSync(program, down);
  await near.write(Buffer.alloc(1000));
  await congested;
  execFileSync(program, loopback('up').slice(1));
  const begun = performance.now();
  await flow.notify('uncongested', { timeoutMs: 20_000 });
  const calmAfterMs = performance.now() - begun;
  await Promise.all([near.close(), far.close()]);
  return { toldTooEarly, calmAfterMs };
}

const report = {
  udp4: await datagrams('udp4', '127.0.0.1'),
  udp6: await datagrams('udp6', '::1'),
  mapped: await datagrams('udp6', '::ffff:127.0.0.1'),
  tcp4: await stream('127.0.0.1', 'audioVideo'),
  tcp6: await stream('::1', 'background'),
  rates: [] as number[],
  congestion: {},
};
// The lower bound needs a machine that keeps up: the best of three.
for (let attempt = 0; attempt < 3 && !report.rates.some((rate) => rate > 0.9 * 40e6); attempt++) {
  report.rates.push(await paced(40e6));
}
packets.stop();
report.congestion = await congestion();
await qos.close();
process.stdout.write(JSON.stringify(report));
