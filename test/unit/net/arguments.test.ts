import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connection, numbered, readAll } from '../../support/connections.ts';
import { deadline } from '../../support/deadline.ts';
import { rejected } from '../../support/rejection.ts';

test('an empty buffer reads and writes nothing', async () => {
  const { near, far, close } = await connection();
  assert.is(await near.write(''), 0);
  assert.is(await near.write(Buffer.alloc(0)), 0);
  assert.is(await near.writev([]), 0);
  assert.is(await near.writev([Buffer.alloc(0), Buffer.alloc(0)]), 0);
  assert.is(await deadline(far.read(Buffer.alloc(0)), 'an empty read'), 0);
  await near.write('x');
  assert.is((await far.read()).toString(), 'x');
  await close();
});

test('strings are written in the encoding asked for', async () => {
  const { near, far, close } = await connection();
  assert.is(await near.write('é', { encoding: 'latin1' }), 1);
  assert.is(await near.write('ff00', { encoding: 'hex' }), 2);
  assert.is(await near.write('é'), 2);
  assert.equal([...(await readAll(far, 5))], [0xe9, 0xff, 0, 0xc3, 0xa9]);
  await close();
});

test('every kind of view is read into and written from, at its own offset', async () => {
  const { near, far, close } = await connection();
  const memory = new ArrayBuffer(64);
  const shared = new SharedArrayBuffer(16);
  const views: NodeJS.ArrayBufferView[] = [
    new Uint8Array(memory, 3, 5),
    new Int16Array(memory, 8, 3),
    new Float64Array(memory, 16, 2),
    new BigUint64Array(memory, 32, 1),
    new DataView(memory, 41, 7),
    new Uint8Array(shared, 4, 4) as never,
  ];
  for (const view of views) {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    bytes.set(numbered(4, view.byteLength));
    assert.is(await near.write(view), view.byteLength);
    bytes.fill(0);
    assert.is(await far.read(view), view.byteLength);
    assert.equal([...bytes], [...numbered(4, view.byteLength)]);
  }
  const before = new Uint8Array(memory)[2];
  assert.is(before, 0);
  await close();
});

test('wrong arguments throw at once and name the value', async () => {
  const { near, close } = await connection();
  const fails = (call: () => unknown, code: string, words: RegExp): void =>
    assert.throws(call, (error: NodeJS.ErrnoException) => error.code === code && words.test(error.message));
  const type = 'ERR_INVALID_ARG_TYPE';
  fails(() => near.read(5 as never), type, /options/);
  fails(() => near.read('x' as never), type, /options/);
  fails(() => near.read({ singal: new AbortController().signal } as never), 'ERR_INVALID_ARG_VALUE', /signal/);
  fails(() => near.read(Buffer.alloc(1), { singal: 1 } as never), 'ERR_INVALID_ARG_VALUE', /signal/);
  fails(() => near.read({ signal: {} as AbortSignal }), type, /AbortSignal/);
  fails(() => near.read({ size: 0 }), 'ERR_OUT_OF_RANGE', /size/);
  fails(() => near.read({ size: 1.5 }), 'ERR_OUT_OF_RANGE', /size/);
  fails(() => near.read({ size: '1' as never }), type, /size/);
  fails(() => near.read({ timeoutMs: -1 }), 'ERR_OUT_OF_RANGE', /timeoutMs/);
  fails(() => near.write(5 as never), type, /data/);
  fails(() => near.write(undefined as never), type, /data/);
  fails(() => near.write([1] as never), type, /data/);
  fails(() => near.write('x', { encoding: 'nope' as never }), 'ERR_INVALID_ARG_VALUE', /encoding/);
  fails(() => near.write('x', 5 as never), type, /options/);
  fails(() => near.writev('x' as never), type, /views/);
  fails(() => near.writev(['x'] as never), type, /views\[0\]/);
  fails(() => near.shutdown(null as never), type, /options/);
  fails(() => near.setNoDelay(1 as never), type, /noDelay/);
  fails(() => near.setKeepAlive(true, -1), 'ERR_OUT_OF_RANGE', /initialDelayMs/);
  const detached = new Uint8Array(4);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  fails(() => near.read(detached), 'ERR_INVALID_ARG_VALUE', /detached/);
  fails(() => near.write(detached), 'ERR_INVALID_ARG_VALUE', /detached/);
  // The same while another operation holds the turn.
  const pending = near.read();
  fails(() => near.read({ signal: 1 as never }), type, /AbortSignal/);
  fails(() => near.read({ timeoutMs: Number.NaN }), 'ERR_OUT_OF_RANGE', /timeoutMs/);
  fails(() => near.read(Buffer.alloc(1), { detach: 1 as never }), type, /detach/);
  await Promise.all([rejected(pending), close()]);
});

test.run();
