// time limit: 180 s
// Flows on Linux: marks on the packets, the rate, and congestion.

import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { runInNamespaces, testInNamespaces } from '../../support/namespaces.ts';

const test = testInNamespaces();

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const script = fileURLToPath(new URL(`./children/flows.${extension}`, import.meta.url));

test('packets carry the code point, a paced flow keeps its rate, and lost packets are told', async () => {
  const { stdout, stderr, code, hung } = await runInNamespaces(script, {}, 120_000);
  assert.not(hung, stderr);
  assert.is(code, 0, stderr);
  const { udp4, udp6, mapped, tcp4, tcp6, rates, congestion } = JSON.parse(stdout);
  assert.equal(udp4, ['ipv4 56', 'ipv4 46', 'ipv4 0']);
  assert.equal(udp6, ['ipv6 56', 'ipv6 46', 'ipv6 0']);
  assert.equal(mapped, ['ipv4 56', 'ipv4 46', 'ipv4 0'], 'IPv4 from a socket of both families');
  assert.equal(tcp4, ['ipv4 40']);
  assert.equal(tcp6, ['ipv6 8']);
  for (const rate of rates) assert.ok(rate < 1.1 * 40e6, `${rate} bits per second`);
  assert.ok(Math.max(...rates) > 0.9 * 40e6, `${rates} bits per second`);
  assert.is(congestion.toldTooEarly, false);
  assert.ok(congestion.calmAfterMs > 500, `calm after ${congestion.calmAfterMs} ms`);
});

test.run();
