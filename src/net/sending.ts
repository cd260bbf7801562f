// The sending direction of a stream socket.

import { performance } from 'node:perf_hooks';
import { addressOf, bytesOf, vectorOf } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { refusal } from '../runtime/refusal.ts';
import { DescriptorFlag } from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import { Direction } from './direction.ts';
import { rejectAs } from './errors.ts';
import { largestTransfer } from './receiving.ts';
import type { SocketHandle } from './socket-handle.ts';

/** Linux: MSG_WAITALL. The kernel goes on until all is sent; lanes without it answer short counts. */
export const sendAll = 0x100;

/** Most buffers of one vectored operation (IOV_MAX). */
const mostViews = 1024;

// Only one send is with the kernel at a time, so that its direction serves as its resource. The memory counts as
// the caller's also when it is a string's: a write that was rejected must not send its bytes later.
const send = defineKind<number | Promise<number>, Sending>({
  name: 'socketSend',
  operation: Operation.socketSend,
  syscall: 'write',
  memory: 'caller',
  complete: (result, sending) => sending.sent(result),
  orphan: (result, sending) => sending.sentUnheard(result),
  memoryOf: (sending) => sending.views,
  recover: rejectAs('write'),
});

const sendVector = defineKind<number | Promise<number>, Sending>({
  name: 'socketSendVector',
  operation: Operation.socketSendVector,
  syscall: 'write',
  memory: 'caller',
  complete: (result, sending) => sending.sent(result),
  orphan: (result, sending) => sending.sentUnheard(result),
  memoryOf: (sending) => sending.views,
  recover: rejectAs('write'),
});

const shutdown = defineKind<void, undefined>({
  name: 'socketShutdown',
  operation: Operation.socketShutdown,
  syscall: 'shutdown',
  memory: 'none',
  complete: () => undefined,
  recover: rejectAs('shutdown'),
});

const shutdownWrite = 1;

const disconnect = defineKind<void, undefined>({
  name: 'socketConnect',
  operation: Operation.socketConnect,
  syscall: 'close',
  memory: 'none',
  complete: () => undefined,
});

// Connecting to no family takes a TCP connection down at once, and with it what it still holds to send.
const nowhere = new Uint8Array(16);

/** How long close() waits for the peer to take what was sent without a copy, in milliseconds. */
const lentPatienceMs = 100;

type Views = NodeJS.ArrayBufferView | readonly NodeJS.ArrayBufferView[];

export class Sending extends Direction {
  readonly #handle: SocketHandle;
  /** Bytes sent. */
  bytes = 0;
  /** The memory of the call. */
  views: Views | null = null;
  #length = 0;
  #options: OperationOptions | undefined;
  #endsAt = Number.POSITIVE_INFINITY;
  #resting = false;
  #zeroCopy = false;

  constructor(handle: SocketHandle) {
    super();
    this.#handle = handle;
  }

  /** The view must have been checked, and the direction must not be taken. */
  send(
    view: NodeJS.ArrayBufferView,
    options: OperationOptions | undefined,
    zeroCopy: boolean,
    bytes: number = bytesOf(view),
  ): Promise<number> {
    if (bytes === 0 && this.#meansEnd()) return refusal(options) ?? Promise.resolve(0);
    this.#begin(view, bytes, options);
    this.#zeroCopy = zeroCopy && this.#handle.isTcp;
    return this.#sendView(view, bytes, options) as Promise<number>;
  }

  /** The same for several views. */
  sendVector(views: readonly NodeJS.ArrayBufferView[], options: OperationOptions | undefined): Promise<number> {
    let length = 0;
    for (const view of views) length += view.byteLength;
    if (length === 0 && this.#meansEnd()) return refusal(options) ?? Promise.resolve(0);
    // One call, one message, however long.
    if (this.#handle.transport === 'messages') return this.send(joined(views), options, false);
    this.#begin(views, length, options);
    this.#zeroCopy = false;
    return this.#sendPart(views, options) as Promise<number>;
  }

  shutdown(options: OperationOptions | undefined): Promise<void> {
    const handle = this.#handle;
    return handle.runtime.start(shutdown, undefined, handle, options, handle.descriptor, 0, 0, 0, shutdownWrite);
  }

  // Who reads a pipe takes nothing that was written for the end: shutdown() writes that, and nobody else.
  #meansEnd(): boolean {
    const { transport, closing } = this.#handle;
    return (transport === 'pipe' || transport === 'messages') && !closing;
  }

  #begin(views: Views, length: number, options: OperationOptions | undefined): void {
    this.views = views;
    this.#length = length;
    this.#options = options;
    const timeoutMs = options?.timeoutMs;
    this.#endsAt = typeof timeoutMs === 'number' ? performance.now() + timeoutMs : Number.POSITIVE_INFINITY;
  }

  #sendPart(views: Views, options: OperationOptions | undefined): Promise<number | Promise<number>> {
    if (ArrayBuffer.isView(views)) return this.#sendView(views, bytesOf(views), options);
    const handle = this.#handle;
    const vector = vectorOf(views.length > mostViews ? views.slice(0, mostViews) : views);
    return handle.runtime.start(sendVector, this, handle, options, handle.descriptor, 0, 0, 0, sendAll, 0, vector);
  }

  #sendView(
    view: NodeJS.ArrayBufferView,
    bytes: number,
    options: OperationOptions | undefined,
  ): Promise<number | Promise<number>> {
    const handle = this.#handle;
    const length = Math.min(bytes, largestTransfer);
    const flags = this.#zeroCopy ? DescriptorFlag.zeroCopy : DescriptorFlag.none;
    // biome-ignore format: one line per operation
    return handle.runtime.start(send, this, handle, options, handle.descriptor, length, addressOf(view), 0, sendAll, 0, null, flags);
  }

  /**
   * Sent without a copy, the memory stays lent until the peer has taken it, which it may never do: an abort cannot
   * take back what TCP has to send. Closing the socket has to end all the same.
   */
  closeOn(descriptor: number): void {
    this.close();
    if (!this.busy || !this.#zeroCopy) return;
    const { runtime } = this.#handle;
    setTimeout(() => {
      if (!this.busy) return;
      runtime.start(disconnect, undefined, null, undefined, descriptor, 0, 0, 0, 0, 0, nowhere).catch(() => {});
    }, lentPatienceMs);
  }

  /** What the call resolves with after its first operation moved `count` bytes. */
  sent(count: number): number | Promise<number> {
    this.bytes += count;
    // The operations of #rest() count for themselves.
    if (this.#resting || count >= this.#length || !this.#mayGoOn()) {
      if (!this.#resting) this.views = null;
      return count;
    }
    return this.#rest(count);
  }

  sentUnheard(count: number): void {
    this.bytes += count;
    this.views = null;
  }

  #mayGoOn(): boolean {
    return !this.#options?.signal?.aborted && !this.#handle.closing && performance.now() < this.#endsAt;
  }

  // Sends what a short count left. Bytes have moved: whatever ends this, the call resolves with their number.
  async #rest(sent: number): Promise<number> {
    const views = this.views as Views;
    const options = this.#options;
    this.#resting = true;
    this.hold();
    try {
      while (sent < this.#length && this.#mayGoOn()) {
        const left = this.#endsAt - performance.now();
        const timed =
          this.#endsAt === Number.POSITIVE_INFINITY ? options : { ...options, timeoutMs: Math.max(left, 1) };
        const count = await this.#sendPart(remainder(views, sent), timed);
        if (count === 0) break;
        sent += count;
      }
    } catch {
      // The next write meets the same error.
    } finally {
      this.#resting = false;
      // A part whose caller was told before the kernel was done still lends its memory.
      if (!this.busy) this.views = null;
      this.letGo();
    }
    return sent;
  }
}

function joined(views: readonly NodeJS.ArrayBufferView[]): Buffer {
  return Buffer.concat(views.map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)));
}

/** The views without their first `skip` bytes. */
export function remainder(views: Views, skip: number): Views {
  if (ArrayBuffer.isView(views)) return new Uint8Array(views.buffer, views.byteOffset + skip, views.byteLength - skip);
  let first = 0;
  while (first < views.length && skip >= (views[first] as NodeJS.ArrayBufferView).byteLength) {
    skip -= (views[first++] as NodeJS.ArrayBufferView).byteLength;
  }
  const rest = views.slice(first);
  if (skip > 0 && rest[0] !== undefined) rest[0] = remainder(rest[0], skip) as Uint8Array;
  return rest;
}
