// Echoes over TCP, aborts a receive that waits, and shows that the stream has lost nothing by it.

import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connect, listen, type Socket } from 'rescind/net';
import type { Report } from './report.ts';

const roundTrips = 1_000;
const message = Buffer.alloc(64, 'rescind');

async function echoAll(socket: Socket): Promise<void> {
  const buffer = Buffer.alloc(4096);
  for (let bytes = await socket.read(buffer); bytes > 0; bytes = await socket.read(buffer)) {
    await socket.write(buffer.subarray(0, bytes));
  }
  await socket.close();
}

async function readWhole(socket: Socket, buffer: Buffer): Promise<void> {
  for (let at = 0; at < buffer.length; ) {
    const bytes = await socket.read(buffer.subarray(at));
    assert.ok(bytes > 0, 'the stream goes on');
    at += bytes;
  }
}

export async function echoAndAbort(_directory: string, report: Report): Promise<void> {
  const server = await listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.address() as AddressInfo;
  const accepted = server.accept();
  const socket = await connect({ host: '127.0.0.1', port });
  const echoing = echoAll(await accepted);

  const received = Buffer.alloc(message.length);
  await report.timed(`${roundTrips} round trips of ${message.length} bytes`, async () => {
    for (let trip = 0; trip < roundTrips; trip++) {
      await socket.write(message);
      await readWhole(socket, received);
      assert.ok(received.equals(message), 'the echo is what was sent');
    }
  });

  const controller = new AbortController();
  const reason = new Error('no longer wanted');
  const pending = socket.read(received, { signal: controller.signal }).catch((error: unknown) => error);
  await setTimeout(20);
  await report.timed('a pending receive aborted: from abort() to the rejection', async () => {
    controller.abort(reason);
    assert.equal(await pending, reason, 'the receive rejects with the reason itself');
  });

  await socket.write(message);
  await readWhole(socket, received.fill(0));
  assert.ok(received.equals(message), 'what came after the abort is all there');
  report.line('the next message arrived whole: the aborted receive has eaten no byte');
  await socket.close();
  await echoing;
  await server.close();
}
