// What the compiler must accept of rescind/dns, and what it must refuse. Compiled with everything else, never run.

import * as dns from '../../src/dns/index.ts';

const signal = new AbortController().signal;

export async function accepted(): Promise<void> {
  const one: dns.LookupAddress = await dns.lookup('localhost', { family: 4, signal, timeoutMs: 5 });
  const all: dns.LookupAddress[] = await dns.lookup('localhost', { all: true, order: 'ipv6first' });
  const host: dns.HostEntry = await dns.hostByName('localhost', { family: 6, signal });
  const { addresses }: dns.HostEntry = await dns.hostByAddress('::1', { timeoutMs: 5, detachAfterMs: 1 });
  const service: dns.ServiceEntry = await dns.serviceByName('http', { protocol: 'tcp', signal });
  const { port }: dns.ServiceEntry = await dns.serviceByPort(80);
  const protocol: dns.ProtocolEntry = await dns.protocolByName('tcp');
  const { number }: dns.ProtocolEntry = await dns.protocolByNumber(6, { signal });
  console.log(one, all, host, addresses, service, port, protocol, number);
}

export function refused(): void {
  // @ts-expect-error a number is no name
  dns.hostByName(1);
  // @ts-expect-error two families
  dns.hostByName('localhost', { family: 0 });
  // @ts-expect-error a port is a number
  dns.serviceByPort('80');
  // @ts-expect-error protocols are strings
  dns.serviceByName('http', { protocol: 6 });
}
