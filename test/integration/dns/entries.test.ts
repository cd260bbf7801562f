// Entries of hosts, services and protocols, from files that are known.

import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { runInNamespaces, testInNamespaces } from '../../support/namespaces.ts';

const test = testInNamespaces();

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const script = fileURLToPath(new URL(`./children/entries.${extension}`, import.meta.url));

const aliases = Array.from({ length: 400 }, (_, index) => `alias-${index}.long.test`);

const files = {
  hosts: [
    '192.0.2.7 db.test store warehouse.test',
    '2001:db8::7 db6.test',
    '192.0.2.8 two.test',
    '192.0.2.9 two.test deux.test',
    '2001:db8::6 only6.test',
    // More than the first piece of memory holds.
    `192.0.2.10 long.test ${aliases.join(' ')}`,
  ],
  // Nobody listens at the name server: it refuses at once.
  resolver: ['options timeout:1 attempts:1'],
  services: ['store 7000/tcp shop market # sells', 'store 7001/udp', 'last 65535/tcp'],
  protocols: ['icmp 1 ICMP', 'tcp 6 TCP', 'udp 17 UDP'],
};

const notFound = (syscall: string, hostname: string): object => ({
  message: `${syscall} ENOTFOUND ${hostname}`,
  code: 'ENOTFOUND',
  errno: -3008,
  syscall,
  hostname,
});

test('the entries of /etc/hosts, /etc/services and /etc/protocols are what libc says', async () => {
  const { stdout, stderr, code } = await runInNamespaces(script, files, 60_000);
  assert.is(code, 0, stderr);
  const { noFamily, ...found } = JSON.parse(stdout);
  const db = { name: 'db.test', aliases: ['store', 'warehouse.test'], family: 4, addresses: ['192.0.2.7'] };
  const db6 = { name: 'db6.test', aliases: [], family: 6, addresses: ['2001:db8::7'] };
  const store = { name: 'store', aliases: ['shop', 'market'], port: 7000, protocol: 'tcp' };
  assert.equal(found, {
    host: db,
    hostByAlias: db,
    hostWithAddresses: {
      name: 'two.test',
      aliases: ['deux.test'],
      family: 4,
      addresses: ['192.0.2.8', '192.0.2.9'],
    },
    host6: db6,
    hostOfAddress: db,
    hostOfAddress6: db6,
    numeric: { name: '192.0.2.200', aliases: [], family: 4, addresses: ['192.0.2.200'] },
    long: { aliases: aliases.length, last: aliases.at(-1) },
    service: store,
    serviceByProtocol: { name: 'store', aliases: [], port: 7001, protocol: 'udp' },
    serviceByAlias: store,
    servicePort: store,
    highPort: { name: 'last', aliases: [], port: 65_535, protocol: 'tcp' },
    protocol: { name: 'tcp', aliases: ['TCP'], number: 6 },
    protocolByAlias: { name: 'icmp', aliases: ['ICMP'], number: 1 },
    protocolNumber: { name: 'udp', aliases: ['UDP'], number: 17 },
    noService: notFound('getservbyname', 'nothing'),
    noProtocolOfService: notFound('getservbyname', 'shop'),
    noPort: notFound('getservbyport', '1'),
    noProtocol: notFound('getprotobyname', 'nothing'),
    noNumber: notFound('getprotobynumber', '200'),
  });
  // It has an address of the other family, which nobody can ask the server about.
  assert.is(noFamily.syscall, 'gethostbyname');
  assert.ok(['EAI_AGAIN', 'ENOTFOUND'].includes(noFamily.code), noFamily.code);
});

test.run();
