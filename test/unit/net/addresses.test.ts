import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connection } from '../../support/connections.ts';

test('the addresses of both ends agree', async () => {
  const { server, near, far, close } = await connection();
  const { port } = server.address() as { port: number };
  assert.is(near.remotePort, port);
  assert.is(near.remoteAddress, '127.0.0.1');
  assert.is(near.remoteFamily, 'IPv4');
  assert.is(far.localPort, port);
  assert.is(far.localFamily, 'IPv4');
  assert.is(far.remotePort, near.localPort);
  assert.equal(near.address(), { address: '127.0.0.1', family: 'IPv4', port: near.localPort });
  await close();
  const local = await connection('local');
  assert.is(local.near.remoteAddress, undefined);
  assert.is(local.near.localPort, undefined);
  assert.equal(local.near.address(), {});
  await local.close();
});

test.run();
