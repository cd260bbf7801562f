import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SocketHandle } from '../../../src/net/socket-handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { numbered } from '../../support/connections.ts';
import { deadline } from '../../support/deadline.ts';
import { Family, streamPair } from '../../support/sockets.ts';

async function handles(): Promise<[SocketHandle, SocketHandle]> {
  const [ours, theirs] = await streamPair(Family.ipv4);
  return [new SocketHandle(runtime, ours, 'tcp'), new SocketHandle(runtime, theirs, 'tcp')];
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

test('where much arrives, memory of our own is received into and handed over; a few bytes are copied', async () => {
  const pair = await handles();
  const [{ receiving }, { sending }] = pair;
  await sending.send(numbered(0, 16384 + 65536), undefined, false);
  const first = await receiving.allocate(65536, undefined);
  assert.is(first.byteLength, 16384, 'as much as a buffer of the lane holds');
  const second = await receiving.allocate(65536, undefined);
  assert.is(second.byteLength, 65536);
  assert.is(second.buffer.byteLength, 65536);
  await sending.send(numbered(81920, 10), undefined, false);
  const third = await receiving.allocate(1_000_000, undefined);
  assert.is(third.byteLength, 10);
  assert.ok(third.buffer.byteLength < 1_000_000, 'ten bytes do not keep a million');
  await sending.send(numbered(81930, 10), undefined, false);
  const fourth = await receiving.allocate(65536, undefined);
  assert.ok(
    Buffer.concat([first, second, third, fourth]).equals(numbered(0, 81940)),
    'nothing was used again too early',
  );
  assert.is(receiving.bytes, 81940);
  await close(pair);
});

test.run();
