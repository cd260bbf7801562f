import { BlockList, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseWireAddress, wireAddress, wireAddressLength } from '../../../src/runtime/address.ts';
import { interfaceIndex, interfaceName } from '../../../src/runtime/interfaces.ts';
import { onWindows } from '../../support/platforms.ts';

// On Windows an interface is known by its address of link scope; its loopback interface need not have one.
const linkName = Object.entries(networkInterfaces()).find(([, all]) =>
  all?.some((one) => (onWindows ? one.family === 'IPv6' && one.scopeid > 0 : one.internal)),
)?.[0];

test('an IPv4 address travels with its port', () => {
  const wire = wireAddress({ address: '192.0.2.17', port: 65535 });
  assert.equal([...wire], [4, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 192, 0, 2, 17]);
  assert.equal(parseWireAddress(wire), { address: '192.0.2.17', port: 65535, family: 'IPv4', scope: 0 });
});

test('IPv6 addresses come back in their shortest form', () => {
  const forms: [string, string][] = [
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::', '2001:db8::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
    ['0:0:3:4:5:6:7:8', '::3:4:5:6:7:8'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['::ffff:102:304', '::ffff:1.2.3.4'],
    ['::1.2.3.4', '::1.2.3.4'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['ff02::fb', 'ff02::fb'],
  ];
  for (const [given, expected] of forms) {
    const parsed = parseWireAddress(wireAddress({ address: given, port: 53 }));
    assert.equal(parsed, { address: expected, port: 53, family: 'IPv6', scope: 0 }, given);
  }
});

test('random IPv6 addresses survive the wire and read as Node reads them', () => {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 8;
  };
  for (let round = 0; round < 500; round++) {
    const groups = Array.from({ length: 8 }, () => (random() % 3 === 0 ? random() & 0xffff : 0));
    const given = groups.map((group) => group.toString(16)).join(':');
    const { address } = parseWireAddress(wireAddress({ address: given }));
    assert.is(address, new SocketAddress({ address: given, family: 'ipv6' }).address, given);
    const same = new BlockList();
    same.addAddress(given, 'ipv6');
    assert.ok(same.check(address, 'ipv6'), `${given} became ${address}`);
  }
});

test('the interface of a link-local address is given by name, and shown as Node shows it', () => {
  assert.type(linkName, 'string');
  const name = linkName as string;
  const index = interfaceIndex(name);
  assert.ok(index > 0);
  assert.is(interfaceName(index), name);
  // By its name, on Windows by its number.
  const shown = onWindows ? index : name;
  const parsed = parseWireAddress(wireAddress({ address: `fe80::1%${name}`, port: 1 }));
  assert.equal(parsed, { address: `fe80::1%${shown}`, port: 1, family: 'IPv6', scope: index });
  assert.is(parseWireAddress(wireAddress({ address: `ff02::1%${index}` })).address, `ff02::1%${shown}`);
});

test('a scope given in numbers wins over the address', () => {
  assert.is(parseWireAddress(wireAddress({ address: 'fe80::1', scope: 77777 })).address, 'fe80::1%77777');
});

test('an interface that does not exist is refused', () => {
  for (const zone of ['nosuchinterface', '..', '0']) {
    assert.throws(() => wireAddress({ address: `fe80::1%${zone}` }), /interface that does not exist|is not an IP/);
  }
});

test('what is no address of the family is refused with a code', () => {
  const code = (error: Error): boolean => (error as NodeJS.ErrnoException).code === 'ERR_INVALID_ARG_VALUE';
  assert.throws(() => wireAddress({ address: 'localhost' }), code);
  assert.throws(() => wireAddress({ address: '1.2.3' }), code);
  assert.throws(() => wireAddress({ address: '::1', family: 4 }), code);
  assert.throws(() => wireAddress({ address: '127.0.0.1', family: 6 }), code);
});

test('Unix paths travel as bytes, abstract and unnamed ones too', () => {
  for (const address of ['/tmp/ä.sock', '\0abstract\0name', '']) {
    const parsed = parseWireAddress(wireAddress({ address, family: 1 }));
    assert.equal(parsed, { address, port: 0, family: 'Unix', scope: 0 });
  }
});

test('addresses one after the other are read by offset', () => {
  const first = wireAddress({ address: '1.2.3.4', port: 5 });
  const second = wireAddress({ address: '::1', port: 6 });
  const both = new Uint8Array([0, ...first, ...second]);
  assert.is(wireAddressLength(both, 1), 20);
  assert.is(parseWireAddress(both, 1).port, 5);
  assert.is(parseWireAddress(both, 21).address, '::1');
});

test.run();
