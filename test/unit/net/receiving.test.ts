import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SocketHandle } from '../../../src/net/socket-handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline } from '../../support/deadline.ts';
import { Family, streamPair } from '../../support/sockets.ts';

async function handles(): Promise<[SocketHandle, SocketHandle]> {
  const [ours, theirs] = await streamPair(Family.ipv4);
  return [new SocketHandle(runtime, ours, true), new SocketHandle(runtime, theirs, true)];
}

async function close(pair: SocketHandle[]): Promise<void> {
  await Promise.all(pair.map((handle) => handle.close()));
}

// What the runtime does when a receive completes for a caller who was told otherwise: the kernel confirms every
// cancel of a socket in time, so that no real one gets there.
function arriveUnheard(handle: SocketHandle, text: string): void {
  const bytes = Buffer.from(text);
  handle.receiving.view = bytes;
  handle.receiving.keep(bytes.byteLength);
  bytes.fill(0);
}

test('bytes that arrived for a read given up begin the next one, in order', async () => {
  const pair = await handles();
  const [{ receiving }, { sending }] = pair;
  arriveUnheard(pair[0], 'abc');
  arriveUnheard(pair[0], 'defg');
  await sending.send(Buffer.from('hij'), undefined, false);
  const two = Buffer.alloc(2);
  assert.is(await receiving.into(two, undefined), 2);
  assert.is(two.toString(), 'ab');
  assert.is((await receiving.allocate(3, undefined)).toString(), 'cde');
  assert.is((await receiving.allocate(100, undefined)).toString(), 'fg');
  assert.is((await deadline(receiving.allocate(100, undefined), 'the rest')).toString(), 'hij');
  assert.is(receiving.bytes, 10);
  await close(pair);
});

test('a read that has ended before it began leaves them', async () => {
  const pair = await handles();
  const [{ receiving }] = pair;
  arriveUnheard(pair[0], 'abc');
  const refused = await receiving.into(Buffer.alloc(9), { signal: AbortSignal.abort('no') }).catch((error) => error);
  assert.is(refused, 'no');
  assert.is((await receiving.allocate(9, undefined)).toString(), 'abc');
  await close(pair);
});

test('memory given away in the meantime takes its bytes along', async () => {
  const pair = await handles();
  const [{ receiving }, { sending }] = pair;
  const view = new Uint8Array(4);
  receiving.view = view;
  structuredClone(view.buffer, { transfer: [view.buffer] });
  receiving.keep(4);
  await sending.send(Buffer.from('next'), undefined, false);
  assert.is((await receiving.allocate(9, undefined)).toString(), 'next');
  await close(pair);
});

test('a large read hands over the memory it was received into, a small one a copy', async () => {
  const pair = await handles();
  const [{ receiving }, { sending }] = pair;
  await sending.send(Buffer.alloc(1000, 1), undefined, false);
  const large = await receiving.allocate(1000, undefined);
  await sending.send(Buffer.alloc(10, 2), undefined, false);
  const small = await receiving.allocate(1000, undefined);
  assert.is(large.buffer.byteLength, 1000);
  assert.is(small.byteLength, 10);
  assert.is(large[0], 1, 'memory handed over is not used again');
  await close(pair);
});

test.run();
