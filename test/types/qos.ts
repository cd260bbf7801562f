// What the compiler must accept of rescind/qos, and what it must refuse. Compiled with everything else, never run.

import type { UdpSocket } from '../../src/dgram/index.ts';
import type { Socket } from '../../src/net/index.ts';
import * as qos from '../../src/qos/index.ts';

const signal = new AbortController().signal;

export async function accepted(stream: Socket, datagrams: UdpSocket): Promise<void> {
  await using opened: qos.Qos = await qos.open({ signal });
  const flow: qos.Flow = await opened.addFlow(stream, { trafficType: 'voice', adaptive: true, timeoutMs: 5 });
  await using other = await opened.addFlow(datagrams);
  await flow.set({ trafficType: 'control' });
  await flow.set({ rate: 1e6 }, { signal });
  await flow.set({ dscp: 46 });
  const { availableBitsPerSecond }: qos.Fundamentals = await flow.query('fundamentals', { fresh: true });
  const { dscp }: qos.Priority = await flow.query('priority');
  const rate: number = await flow.query('rate', { signal });
  await flow.notify('congested', { signal });
  await flow.notify({ available: 1e6 });
  console.log(availableBitsPerSecond, dscp, rate, other.removed);
}

export function refused(opened: qos.Qos, flow: qos.Flow, stream: Socket): void {
  // @ts-expect-error a type of traffic
  opened.addFlow(stream, { trafficType: 'video' });
  // @ts-expect-error no socket
  opened.addFlow({});
  // @ts-expect-error a rate is a number
  flow.set({ rate: '1' });
  // @ts-expect-error no such measure
  flow.query('all');
  // @ts-expect-error no such condition
  flow.notify('available');
}
