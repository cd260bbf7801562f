import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, createSocket } from '../../../src/dgram/index.ts';
import { typeFor } from '../../../src/dgram/options.ts';
import { runtime } from '../../../src/runtime/runtime.ts';

function refuses(options: unknown, code: string, kind: ErrorConstructor = Error): void {
  for (const make of [bind, createSocket]) {
    assert.throws(
      () => make(options as never),
      (error: NodeJS.ErrnoException) => error.code === code && error instanceof kind,
      `${make.name} ${String(options)}`,
    );
  }
}

test('the address tells the type when nothing else does', () => {
  assert.is(typeFor(undefined), 'udp4');
  assert.is(typeFor('0.0.0.0'), 'udp4');
  assert.is(typeFor('localhost'), 'udp4');
  assert.is(typeFor('::'), 'udp6');
  assert.is(typeFor('fe80::1%lo'), 'udp6');
});

test('wrong options are refused at once, before anything is opened', () => {
  refuses(null, 'ERR_INVALID_ARG_TYPE', TypeError);
  refuses(5, 'ERR_INVALID_ARG_TYPE', TypeError);
  for (const type of ['udp', 'tcp4', 4, null, {}]) refuses({ type }, 'ERR_SOCKET_BAD_TYPE', TypeError);
  for (const name of ['reuseAddr', 'reusePort', 'ipv6Only']) refuses({ [name]: 1 }, 'ERR_INVALID_ARG_TYPE', TypeError);
  for (const name of ['recvBufferSize', 'sendBufferSize']) {
    for (const size of [0, -1, 1.5, 2 ** 31, '9', null, Number.NaN]) {
      refuses({ [name]: size }, 'ERR_SOCKET_BAD_BUFFER_SIZE', TypeError);
    }
  }
  refuses({ reuseaddr: true }, 'ERR_INVALID_ARG_VALUE', TypeError);
  assert.throws(() => createSocket('udp5' as never), /udp4 or udp6/);
  assert.is(runtime.opened, false);
});

test('wrong places to bind are refused at once', () => {
  for (const port of [-1, 65536, 1.5, 'x', null, {}]) {
    assert.throws(
      () => bind({ port } as never),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_SOCKET_BAD_PORT' && error instanceof RangeError,
    );
  }
  assert.throws(() => bind({ address: 5 } as never), /options.address|"address"|hostname/);
  assert.throws(() => bind({ address: 'a\0b' }), /null/);
  assert.is(runtime.opened, false);
});

test('wrong operation options are refused at once', () => {
  refuses({ signal: {} }, 'ERR_INVALID_ARG_TYPE', TypeError);
  refuses({ signal: { aborted: false, addEventListener: () => {} } }, 'ERR_INVALID_ARG_TYPE', TypeError);
  refuses({ timeoutMs: '5' }, 'ERR_INVALID_ARG_TYPE', TypeError);
  refuses({ timeoutMs: -1 }, 'ERR_OUT_OF_RANGE', RangeError);
  refuses({ detachAfterMs: Number.NaN }, 'ERR_OUT_OF_RANGE', RangeError);
  refuses({ singal: AbortSignal.abort() }, 'ERR_INVALID_ARG_VALUE', TypeError);
  assert.is(runtime.opened, false);
});

test.run();
