import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DatagramData, type SendRequest, sendRequest } from '../../../src/dgram/send.ts';

function bytesOf(views: SendRequest['views']): string {
  const pieces = ArrayBuffer.isView(views) ? [views] : views;
  return Buffer.concat(pieces.map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength))).toString();
}

function coded(code: string, kind: ErrorConstructor = Error): (error: NodeJS.ErrnoException) => boolean {
  return (error) => error.code === code && error instanceof kind;
}

test('a destination is read from every shape node:dgram has', () => {
  const shapes: unknown[][] = [
    [7, '::1'],
    [7, '::1', undefined],
    [7, '::1', {}],
    [{ port: 7, address: '::1' }],
    [0, 4, 7, '::1'],
    [0, 4, 7, '::1', { timeoutMs: 5 }],
    ['7', '::1'],
    [7, { address: '::1' }],
  ];
  for (const shape of shapes) {
    const { port, address, views } = sendRequest('data', shape, false);
    assert.is(port, 7);
    assert.is(address, '::1');
    assert.is(bytesOf(views), 'data');
  }
});

test('without an address the choice is left to the socket', () => {
  for (const shape of [[7], [7, undefined], [7, null], [7, ''], [{ port: 7 }], [0, 4, 7], [7, undefined, {}]]) {
    assert.is(sendRequest('data', shape, false).address, undefined);
  }
});

test('a connected socket takes data and offsets, and no destination', () => {
  assert.is(bytesOf(sendRequest('data', [], true).views), 'data');
  assert.is(bytesOf(sendRequest('data', [{}], true).views), 'data');
  assert.is(bytesOf(sendRequest('data', [1, 2], true).views), 'at');
  for (const shape of [[7], [7, '::1'], [{ port: 7 }], [0, 4, 7], [{ address: '::1' }]]) {
    assert.throws(() => sendRequest('data', shape, true), coded('ERR_SOCKET_DGRAM_IS_CONNECTED'));
  }
});

test('offset and length choose bytes of every kind of view', () => {
  const words = new Uint16Array([0x6161, 0x6262, 0x6363]);
  assert.is(bytesOf(sendRequest(words, [1, 3, 7], false).views), 'abb');
  assert.is(bytesOf(sendRequest(new DataView(words.buffer, 2), [2, 2, 7], false).views), 'cc');
  assert.is(bytesOf(sendRequest(words, [6, 0, 7], false).views), '');
});

test('memory of the caller is lent, everything else is copied', () => {
  const view = Buffer.from('view');
  assert.ok(sendRequest(view, [7], false).lent);
  assert.is(sendRequest(view, [7], false).views, view);
  assert.not(sendRequest('text', [7], false).lent);
  assert.not(sendRequest(['text', 'more'], [7], false).lent);
  assert.ok(sendRequest([view, 'more'], [7], false).lent);
  assert.ok(sendRequest([view], [7], false).lent);
});

test('pieces become one datagram', () => {
  const words = new Uint16Array([0x6262]);
  const { views } = sendRequest(['ä', words, new DataView(new ArrayBuffer(0)), 'c'], [7], false);
  assert.is(bytesOf(views), 'äbbc');
  assert.is((views as readonly ArrayBufferView[])[1], words, 'of memory of the caller nothing is copied');
  assert.is(sendRequest([words], [7], false).views, words);
  assert.is((sendRequest([], [7], false).views as ArrayBufferView).byteLength, 0);
});

test('more pieces than the system takes in one call are copied together', () => {
  const pieces = Array.from({ length: 1024 }, () => Buffer.from('x'));
  assert.is((sendRequest(pieces, [7], false).views as readonly ArrayBufferView[]).length, 1024);
  const { views, lent } = sendRequest([...pieces, 'y'], [7], false);
  assert.ok(ArrayBuffer.isView(views));
  assert.not(lent);
  assert.is(bytesOf(views), `${'x'.repeat(1024)}y`);
});

test('the options are handed on', () => {
  const options = { port: 7, timeoutMs: 3 };
  assert.is(sendRequest('', [options], false).options, options);
});

test('data that is none is refused by name', () => {
  for (const wrong of [undefined, null, 5, {}, new ArrayBuffer(4), true]) {
    assert.throws(() => sendRequest(wrong as DatagramData, [7], false), coded('ERR_INVALID_ARG_TYPE', TypeError));
  }
  assert.throws(() => sendRequest(['a', 5] as unknown as DatagramData, [7], false), /data\[1\]/);
});

test('wrong ports, addresses, ranges and options are refused', () => {
  for (const port of [undefined, 0, -1, 65536, 'http', null]) {
    assert.throws(() => sendRequest('', [port, '::1'], false), coded('ERR_SOCKET_BAD_PORT', RangeError));
  }
  assert.throws(() => sendRequest('', [], false), coded('ERR_SOCKET_BAD_PORT'));
  assert.throws(() => sendRequest('', [0, 0], false), coded('ERR_SOCKET_BAD_PORT'));
  assert.throws(() => sendRequest('', [7, 5.5 as unknown, 7], false), coded('ERR_OUT_OF_RANGE'));
  assert.throws(() => sendRequest('', [7, true], false), coded('ERR_INVALID_ARG_TYPE'));
  assert.throws(() => sendRequest('', [7, 'a\0b'], false), coded('ERR_INVALID_ARG_VALUE'));
  assert.throws(() => sendRequest('data', [2, 3, 7], false), coded('ERR_OUT_OF_RANGE', RangeError));
  assert.throws(() => sendRequest('data', [-1, 1, 7], false), coded('ERR_OUT_OF_RANGE', RangeError));
  assert.throws(() => sendRequest('data', ['0', 1, 7], false), coded('ERR_INVALID_ARG_TYPE', TypeError));
  assert.throws(() => sendRequest(['data'], [0, 1, 7], false), coded('ERR_INVALID_ARG_TYPE', TypeError));
  assert.throws(() => sendRequest([], [0, 0, 7], false), coded('ERR_INVALID_ARG_TYPE', TypeError));
  assert.throws(() => sendRequest('', [7, '::1', { singal: 1 }], false), /did you mean 'signal'/);
  assert.throws(() => sendRequest('', [7, '::1', () => {}], false), coded('ERR_INVALID_ARG_TYPE', TypeError));
});

test.run();
