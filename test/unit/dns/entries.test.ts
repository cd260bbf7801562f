import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as dns from '../../../src/dns/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { listenersOf } from '../../support/listeners.ts';
import { onWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';

const questions: Record<string, (options?: object) => Promise<object>> = {
  hostByName: (options) => dns.hostByName('localhost', options),
  hostByAddress: (options) => dns.hostByAddress('127.0.0.1', options),
  serviceByName: (options) => dns.serviceByName('no-such-service', options),
  serviceByPort: (options) => dns.serviceByPort(1, options),
  protocolByName: (options) => dns.protocolByName('no-such-protocol', options),
  protocolByNumber: (options) => dns.protocolByNumber(253, options),
};

test('this machine has an entry, and an address is its own', async () => {
  const { family, addresses } = await dns.hostByName('localhost');
  assert.is(family, 4);
  assert.ok(addresses.includes('127.0.0.1'), String(addresses));
  assert.equal((await dns.hostByName('127.0.0.1')).addresses, ['127.0.0.1']);
});

test('what is not there is told with the fields of a failed lookup, and the number of the system', async () => {
  const error = (await rejected(dns.serviceByName('no-such-service', { protocol: 'tcp' }))) as dns.LookupError;
  assert.is(error.message, 'getservbyname ENOTFOUND no-such-service');
  assert.is(error.code, 'ENOTFOUND');
  assert.is(error.syscall, 'getservbyname');
  assert.is(error.hostname, 'no-such-service');
  assert.is(typeof error.native, onWindows ? 'number' : 'undefined');
  assert.is((await rejected(dns.protocolByName('no-such-protocol'))).code, 'ENOTFOUND');
});

test('wrong arguments throw at once and show the value', () => {
  const throwing: [run: () => unknown, code: string, value: RegExp][] = [
    [() => dns.hostByName(''), 'ERR_INVALID_ARG_VALUE', /''/],
    [() => dns.hostByName('a\0b'), 'ERR_INVALID_ARG_VALUE', /null bytes/],
    [() => dns.hostByName(7 as never), 'ERR_INVALID_ARG_TYPE', /7/],
    [() => dns.hostByName('a', { family: 5 as never }), 'ERR_INVALID_ARG_VALUE', /5/],
    [() => dns.hostByAddress('localhost'), 'ERR_INVALID_ARG_VALUE', /localhost/],
    [() => dns.hostByAddress(undefined as never), 'ERR_INVALID_ARG_VALUE', /undefined/],
    [() => dns.serviceByName('a', { protocol: '' }), 'ERR_INVALID_ARG_VALUE', /protocol/],
    [() => dns.serviceByName('a', { protocoll: 'tcp' } as never), 'ERR_INVALID_ARG_VALUE', /protocoll/],
    [() => dns.serviceByPort(65_536), 'ERR_OUT_OF_RANGE', /65_?536/],
    [() => dns.serviceByPort(-1), 'ERR_OUT_OF_RANGE', /-1/],
    [() => dns.serviceByPort('80' as never), 'ERR_INVALID_ARG_TYPE', /'80'/],
    [() => dns.protocolByName('\0'), 'ERR_INVALID_ARG_VALUE', /name/],
    [() => dns.protocolByNumber(256), 'ERR_OUT_OF_RANGE', /256/],
    [() => dns.protocolByNumber(1.5), 'ERR_OUT_OF_RANGE', /1\.5/],
  ];
  for (const [run, code, value] of throwing) {
    try {
      run();
    } catch (error) {
      assert.is((error as NodeJS.ErrnoException).code, code, String(run));
      assert.match((error as Error).message, value);
      continue;
    }
    assert.unreachable(`${run} did not throw`);
  }
});

for (const [name, ask] of Object.entries(questions)) {
  test(`${name}: taken back before it is asked it asks nothing, and afterwards it leaves no listener`, async () => {
    const before = runtime.counts().inFlight;
    assert.is(await rejected(ask({ signal: AbortSignal.abort('before') })), 'before' as never);
    assert.is(runtime.counts().inFlight, before);
    const abort = new AbortController();
    const pending = ask({ signal: abort.signal, timeoutMs: 60_000 });
    abort.abort('in the same tick');
    assert.is(await rejected(pending), 'in the same tick' as never);
    const done = new AbortController();
    await ask({ signal: done.signal }).catch((error) => assert.is(error.code, 'ENOTFOUND'));
    await new Promise(setImmediate);
    assert.is(listenersOf(done.signal), 0);
  });
}

test.run();
