// Numbered datagrams under random aborts: every datagram sent is received once, in whatever call.

import { getEventListeners } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, type UdpSocket } from '../../../src/dgram/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { onBackends, rings, tinyRings } from '../../support/backends.ts';
import { deadline, macrotask } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { Random } from '../../support/random.ts';

const random = new Random();
const datagrams = 4000;
// What may be sent and not received at a time: far less than the socket buffer holds.
const mostUnread = 64;

/** 4 bytes of number, then bytes that follow from it. */
function numbered(number: number): Buffer {
  const data = Buffer.alloc(4 + (number % 900), number & 255);
  data.writeUInt32LE(number);
  return data;
}

class Ledger {
  readonly #seen = new Set<number>();
  aborted = 0;

  get size(): number {
    return this.#seen.size;
  }

  note(data: Buffer): void {
    const number = data.readUInt32LE(0);
    assert.ok(data.equals(numbered(number)), `datagram ${number} is damaged`);
    assert.not(this.#seen.has(number), `datagram ${number} came twice`);
    this.#seen.add(number);
  }
}

async function receiveAll(socket: UdpSocket, ledger: Ledger, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    const controller = new AbortController();
    const { signal } = controller;
    const receive = random.below(2) === 0 ? ownMemory(socket, signal) : givenMemory(socket, signal);
    const taken = receive.then(
      (data) => ledger.note(data),
      (error: unknown) => {
        assert.is(error, signal.reason);
        ledger.aborted++;
      },
    );
    const moment = random.below(8);
    if (moment === 0) controller.abort(new Error('at once'));
    else if (moment === 1) queueMicrotask(() => controller.abort(new Error('in a microtask')));
    else if (moment < 5) setImmediate(() => controller.abort(new Error('in a turn')));
    else setTimeout(() => controller.abort(new Error('in time')), random.below(3)).unref();
    await taken;
    await macrotask();
    assert.is(getEventListeners(signal, 'abort').length, 0);
  }
}

async function ownMemory(socket: UdpSocket, signal: AbortSignal): Promise<Buffer> {
  return (await socket.receive({ signal })).data;
}

async function givenMemory(socket: UdpSocket, signal: AbortSignal): Promise<Buffer> {
  const memory = Buffer.alloc(1024);
  const { bytesRead, truncated } = await socket.receive(memory, { signal });
  assert.not(truncated);
  return memory.subarray(0, bytesRead);
}

async function sendAll(socket: UdpSocket, port: number, address: string, ledger: Ledger): Promise<void> {
  for (let number = 0; number < datagrams; ) {
    const burst = 1 + random.below(8);
    const sends: Promise<number>[] = [];
    for (let index = 0; index < burst && number < datagrams; index++)
      sends.push(socket.send(numbered(number++), port, address));
    await Promise.all(sends);
    if (random.below(4) === 0) await macrotask();
    while (number - ledger.size > mostUnread) await macrotask();
  }
}

onBackends(import.meta.url, [rings, tinyRings], ({ settings }) => {
  runtime.configure(settings);
  runtime.open();
  for (const address of ['127.0.0.1', '::1']) {
    for (const receivers of [1, 7]) {
      test(`sent equals received with ${receivers} receiving on ${address} (seed ${random.seed})`, async () => {
        const before = openDescriptors();
        const socket = await bind({ address, recvBufferSize: 1 << 20 });
        const sender = await bind({ address });
        const ledger = new Ledger();
        const end = new AbortController();
        const receiving = Array.from({ length: receivers }, () => receiveAll(socket, ledger, end.signal));
        await deadline(
          (async () => {
            await sendAll(sender, socket.address().port, address, ledger);
            while (ledger.size < datagrams) await macrotask();
          })(),
          'every datagram',
          60_000,
        );
        end.abort();
        await deadline(Promise.all(receiving), 'the receivers');
        assert.is(ledger.size, datagrams);
        assert.ok(ledger.aborted > 100, `only ${ledger.aborted} receives were taken back`);
        await socket.close();
        await sender.close();
        await assertSameDescriptors(before, 'closing');
      });
    }
  }
});
