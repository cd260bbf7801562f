import { ADDRCONFIG } from 'node:dns';
import { lookup as nodeLookup } from 'node:dns/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lookupError } from '../../../src/dns/errors.ts';
import { lookup } from '../../../src/dns/lookup.ts';
import { errnoOf } from '../../../src/errors.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline } from '../../support/deadline.ts';
import { listenersOf } from '../../support/listeners.ts';
import { onWindows } from '../../support/platforms.ts';

test('a name has the addresses node:dns finds', async () => {
  assert.equal(await lookup('localhost'), await nodeLookup('localhost'));
  assert.equal(await lookup('localhost', { all: true }), await nodeLookup('localhost', { all: true }));
  assert.equal(await lookup('localhost', { family: 4 }), { address: '127.0.0.1', family: 4 });
  assert.equal(await lookup('localhost', 4), { address: '127.0.0.1', family: 4 });
  assert.equal(await lookup('localhost', { family: 'IPv4', hints: ADDRCONFIG }), { address: '127.0.0.1', family: 4 });
});

test('an address resolves to itself without a question', async () => {
  const asked = runtime.counts().inFlight;
  assert.equal(await lookup('192.0.2.1'), { address: '192.0.2.1', family: 4 });
  assert.equal(await lookup('::1', { all: true }), [{ address: '::1', family: 6 }]);
  assert.is(runtime.counts().inFlight, asked);
  assert.is(await lookup('127.0.0.1', { signal: AbortSignal.abort('no') }).catch((error) => error), 'no');
});

test('a name without an address is not found, with the fields of node:dns', async () => {
  const hostNotFound = 11001; // WSAHOST_NOT_FOUND
  const ours = lookup('no.such.invalid');
  const of = async (promise: Promise<unknown>): Promise<Record<string, unknown>> => {
    const error = (await deadline(
      promise.catch((reason) => reason),
      'a lookup',
    )) as NodeJS.ErrnoException & { hostname: string; native?: number };
    // Ours has the number of the system besides.
    const { native, ...fields } = error;
    assert.is(native, onWindows && promise === ours ? hostNotFound : undefined);
    return { ...fields, message: error.message, hostname: error.hostname };
  };
  assert.equal(await of(ours), await of(nodeLookup('no.such.invalid')));
});

test('errors are named as node:dns names them', () => {
  assert.is(lookupError(-3007, 'x').code, 'ENOTFOUND');
  assert.is(lookupError(-3001, 'x').message, 'getaddrinfo EAI_AGAIN x');
  assert.is(lookupError(errnoOf('EMFILE'), 'x').code, 'EMFILE');
});

test('an order puts one family first', async () => {
  for (const order of ['verbatim', 'ipv4first', 'ipv6first'] as const) {
    const found = await lookup('localhost', { all: true, order });
    const families = found.map(({ family }) => family);
    if (order === 'ipv4first') assert.equal(families, [...families].sort());
    if (order === 'ipv6first') assert.equal(families, [...families].sort().reverse());
  }
});

test('an abort ends a lookup, and leaves no listener', async () => {
  const abort = new AbortController();
  const pending = lookup('no.such.invalid', { signal: abort.signal, detachAfterMs: 0 });
  abort.abort('enough');
  const outcome = await deadline(
    pending.catch((reason) => reason),
    'an aborted lookup',
  );
  assert.ok(outcome === 'enough' || outcome.code === 'ENOTFOUND', String(outcome));
  assert.is(await lookup('localhost', { signal: abort.signal }).catch((reason) => reason), 'enough');
  await deadline(
    (async () => {
      while (listenersOf(abort.signal) > 0) await new Promise(setImmediate);
    })(),
    'the listener',
  );
});

test('names beyond ASCII are asked for in their encoded form', async () => {
  const error = await lookup('bücher.invalid').catch((reason) => reason);
  assert.is(error.code, 'ENOTFOUND');
  assert.is(error.hostname, 'bücher.invalid');
});

test('wrong arguments throw at once and name the value', () => {
  const fails = (call: () => unknown, code: string, words: RegExp): void =>
    assert.throws(call, (error: NodeJS.ErrnoException) => error.code === code && words.test(error.message));
  fails(() => lookup(5 as never), 'ERR_INVALID_ARG_TYPE', /hostname/);
  fails(() => lookup(''), 'ERR_INVALID_ARG_VALUE', /hostname/);
  fails(() => lookup('a\0b'), 'ERR_INVALID_ARG_VALUE', /hostname/);
  fails(() => lookup('x', { family: 5 as never }), 'ERR_INVALID_ARG_VALUE', /family/);
  fails(() => lookup('x', { hints: 1 }), 'ERR_INVALID_ARG_VALUE', /hints/);
  fails(() => lookup('x', { all: 1 as never }), 'ERR_INVALID_ARG_TYPE', /all/);
  fails(() => lookup('x', { order: 'mine' as never }), 'ERR_INVALID_ARG_VALUE', /order/);
  fails(() => lookup('x', { signal: {} as AbortSignal }), 'ERR_INVALID_ARG_TYPE', /AbortSignal/);
  fails(() => lookup('1.2.3.4', { timeoutMs: -1 }), 'ERR_OUT_OF_RANGE', /timeoutMs/);
  fails(() => lookup('x', { familly: 4 } as never), 'ERR_INVALID_ARG_VALUE', /family/);
  fails(() => lookup('x', 'y' as never), 'ERR_INVALID_ARG_TYPE', /options/);
});

test.run();
