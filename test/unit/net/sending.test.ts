import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binding } from '../../../src/binding.ts';
import { remainder } from '../../../src/net/sending.ts';
import { SocketHandle } from '../../../src/net/socket-handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { SocketOption } from '../../../src/wire/layout.ts';
import { numbered } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { onWindows } from '../../support/platforms.ts';
import { Family, streamPair } from '../../support/sockets.ts';

const bytesOf = (view: NodeJS.ArrayBufferView): number[] => [
  ...new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
];

test('the remainder of a view begins behind what was sent', () => {
  const view = new Uint16Array(new Uint8Array([9, 9, 1, 2, 3, 4]).buffer, 2);
  assert.equal(bytesOf(remainder(view, 3) as NodeJS.ArrayBufferView), [4]);
});

test('the remainder of several views leaves out the whole ones and begins inside the next', () => {
  const views = [Buffer.from([1, 2]), Buffer.alloc(0), Buffer.from([3, 4, 5]), Buffer.from([6])];
  const rest = (skip: number): number[][] => (remainder(views, skip) as NodeJS.ArrayBufferView[]).map(bytesOf);
  assert.equal(rest(0), [[1, 2], [], [3, 4, 5], [6]]);
  assert.equal(rest(1), [[2], [], [3, 4, 5], [6]]);
  assert.equal(rest(2), [[3, 4, 5], [6]]);
  assert.equal(rest(4), [[5], [6]]);
  assert.equal(rest(6), []);
});

// A lane that answers short counts: the same pieces, through the part of the code that sends the rest.
function shorten(handle: SocketHandle, most: number): void {
  const { runtime: original } = handle;
  const short = Object.create(original) as typeof original;
  const start = original.start.bind(original) as (...all: unknown[]) => Promise<unknown>;
  short.start = ((...all: unknown[]) => {
    // The arguments of start(): the length stands in the sixth place.
    all[5] = Math.min(all[5] as number, most);
    return start(...all);
  }) as typeof original.start;
  short.cancelAll = original.cancelAll.bind(original);
  Object.defineProperty(handle, 'runtime', { value: short });
}

// Not every Windows has Unix sockets.
const [family, transport] = onWindows ? ([Family.ipv4, 'tcp'] as const) : ([Family.unix, 'unix'] as const);

async function shortPair(most: number): Promise<[SocketHandle, SocketHandle]> {
  const [ours, theirs] = await streamPair(family);
  const pair: [SocketHandle, SocketHandle] = [
    new SocketHandle(runtime, ours, transport),
    new SocketHandle(runtime, theirs, transport),
  ];
  shorten(pair[0], most);
  return pair;
}

async function receive({ receiving }: SocketHandle, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let got = 0; got < length; ) {
    const chunk = await deadline(receiving.allocate(length - got, undefined), 'a read');
    if (chunk.byteLength === 0) break;
    chunks.push(chunk);
    got += chunk.byteLength;
  }
  return Buffer.concat(chunks);
}

test('short counts are followed by the rest, and nobody comes in between', async () => {
  const [near, far] = await shortPair(1000);
  const first = near.sending.send(numbered(0, 5500), undefined, false);
  const second = near.sending.wait('write', undefined, (rest) => near.sending.send(numbered(5500, 2000), rest, false));
  const got = await receive(far, 7500);
  assert.equal(await Promise.all([first, second]), [5500, 2000]);
  assert.ok(got.equals(numbered(0, 7500)));
  assert.is(near.sending.bytes, 7500);
  assert.not(near.sending.taken);
  await Promise.all([near.close(), far.close()]);
});

test('an abort or an error between the pieces resolves with what was sent', async () => {
  const [near, far] = await shortPair(50_000);
  binding.socketSetOption(near.descriptor, SocketOption.sendBufferBytes, 4096);
  const abort = new AbortController();
  const aborted = near.sending.send(numbered(0, 10_000_000), { signal: abort.signal }, false);
  await pause(20);
  abort.abort();
  const sent = await deadline(aborted, 'the aborted write');
  assert.ok(sent > 0 && sent < 10_000_000, String(sent));
  assert.ok((await receive(far, sent)).equals(numbered(0, sent)));
  const cut = near.sending.send(numbered(0, 10_000_000), undefined, false);
  await pause(20);
  await far.close();
  const before = await deadline(cut, 'the write whose peer went away');
  assert.ok(before > 0 && before < 10_000_000, String(before));
  const error = await near.sending.send(Buffer.from('x'), undefined, false).catch((reason) => reason);
  // Bytes nobody read reset a connection over TCP.
  assert.is(error.code, transport === 'tcp' ? 'ECONNRESET' : 'EPIPE');
  await near.close();
});

test('a deadline between the pieces resolves with what was sent', async () => {
  const [near, far] = await shortPair(20_000);
  const pending = near.sending.send(numbered(0, 10_000_000), { timeoutMs: 40 }, false);
  const sent = await deadline(pending, 'the write with a deadline');
  assert.ok(sent > 0 && sent < 10_000_000, String(sent));
  assert.ok((await receive(far, sent)).equals(numbered(0, sent)));
  await Promise.all([near.close(), far.close()]);
});

test('closing between the pieces resolves with what was sent', async () => {
  const [near, far] = await shortPair(20_000);
  const pending = near.sending.send(numbered(0, 10_000_000), undefined, false);
  await pause(10);
  await deadline(near.close(), 'close');
  const sent = await deadline(pending, 'the write');
  assert.ok(sent > 0 && sent < 10_000_000, String(sent));
  await far.close();
});

test.run();
