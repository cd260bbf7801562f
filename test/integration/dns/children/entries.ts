// Asks for entries of the files of its own /etc (support/namespaces.ts), and prints what they are.

import * as dns from '../../../../src/dns/index.ts';

async function outcome(promise: Promise<object>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    const { message, code, errno, syscall, hostname } = error as dns.LookupError;
    return { message, code, errno, syscall, hostname };
  }
}

const asked: Record<string, Promise<object>> = {
  host: dns.hostByName('db.test'),
  hostByAlias: dns.hostByName('store', { family: 4 }),
  hostWithAddresses: dns.hostByName('two.test'),
  host6: dns.hostByName('db6.test', { family: 6 }),
  hostOfAddress: dns.hostByAddress('192.0.2.7'),
  hostOfAddress6: dns.hostByAddress('2001:db8::7'),
  numeric: dns.hostByName('192.0.2.200'),
  long: dns.hostByName('long.test').then(({ aliases }) => ({ aliases: aliases.length, last: aliases.at(-1) })),
  service: dns.serviceByName('store'),
  serviceByProtocol: dns.serviceByName('store', { protocol: 'udp' }),
  serviceByAlias: dns.serviceByName('shop', { protocol: 'tcp' }),
  servicePort: dns.serviceByPort(7000, { protocol: 'tcp' }),
  highPort: dns.serviceByPort(65_535),
  protocol: dns.protocolByName('tcp'),
  protocolByAlias: dns.protocolByName('ICMP'),
  protocolNumber: dns.protocolByNumber(17),
  noService: dns.serviceByName('nothing'),
  noProtocolOfService: dns.serviceByName('shop', { protocol: 'sctp' }),
  noPort: dns.serviceByPort(1),
  noProtocol: dns.protocolByName('nothing'),
  noNumber: dns.protocolByNumber(200),
  noFamily: dns.hostByName('only6.test'),
};
const outcomes = await Promise.all(Object.entries(asked).map(async ([name, one]) => [name, await outcome(one)]));
process.stdout.write(JSON.stringify(Object.fromEntries(outcomes)), () => process.exit(0));
