// The receiving direction of a stream socket.

import { addressOf, bytesOf } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { refusal } from '../runtime/refusal.ts';
import { DescriptorFlag } from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import { Direction } from './direction.ts';
import { rejectAs } from './errors.ts';
import type { SocketHandle } from './socket-handle.ts';

/** The most the kernel moves at a time, in bytes: what a result of 32 bits holds, in whole pages. */
export const largestTransfer = 0x7ffff000;

/** Bytes a read without a buffer asks for. */
export const defaultReadBytes = 64 * 1024;

// Only one receive is with the kernel at a time, so that its direction serves as its resource.
const receive = defineKind<number, Receiving>({
  name: 'socketReceive',
  operation: Operation.socketReceive,
  syscall: 'read',
  memory: 'caller',
  complete: (result, receiving) => receiving.received(result),
  orphan: (result, receiving) => receiving.keep(result),
  memoryOf: (receiving) => receiving.view,
  recover: rejectAs('read'),
});

const receiveNew = defineKind<Buffer, Receiving>({
  name: 'socketReceive',
  operation: Operation.socketReceive,
  syscall: 'read',
  memory: 'runtime',
  complete: (result, receiving) => receiving.receivedNew(result),
  orphan: (result, receiving) => receiving.keep(result),
  memoryOf: (receiving) => receiving.view,
  recover: rejectAs('read'),
});

// Memory is the lane's, and taken only when bytes arrive: a connection that waits holds none.
const receiveLent = defineKind<Buffer, Receiving>({
  name: 'socketReceive',
  operation: Operation.socketReceive,
  syscall: 'read',
  memory: 'runtime',
  complete: (result, receiving, payload) => receiving.receivedLent(payload.copy(0, result)),
  orphan: (result, receiving, payload) => receiving.keepBytes(payload.copy(0, result)),
  recover: rejectAs('read'),
});

/** The most a receive into the lane's memory brings, in bytes. */
const lentBytes = 16 * 1024;

// Buffers of the default size to receive into, used again when what arrived was copied out.
const spare: Buffer[] = [];
const mostSpare = 32;

export class Receiving extends Direction {
  readonly #handle: SocketHandle;
  /** Bytes received. */
  bytes = 0;
  /** The memory of the operation with the kernel. */
  view: NodeJS.ArrayBufferView | null = null;
  /** Whether bytes come faster than the lane's buffers are large: then memory of our own saves calls. */
  #fast = false;
  /** Bytes of reads whose callers had been told otherwise: the next read begins with them. */
  #kept: Buffer[] | null = null;

  constructor(handle: SocketHandle) {
    super();
    this.#handle = handle;
  }

  /** The view must have been checked, and the direction must not be taken. */
  into(
    view: NodeJS.ArrayBufferView,
    options: OperationOptions | undefined,
    bytes: number = bytesOf(view),
  ): Promise<number> {
    const handle = this.#handle;
    // The kernel would wait for bytes it has no place for.
    if ((this.#kept !== null || bytes === 0) && !handle.closing) {
      return refusal(options) ?? Promise.resolve(this.#takeKept(view));
    }
    this.view = view;
    const length = Math.min(bytes, largestTransfer);
    return handle.runtime.start(receive, this, handle, options, handle.descriptor, length, addressOf(view));
  }

  /** The same into memory of our own. */
  allocate(size: number, options: OperationOptions | undefined): Promise<Buffer> {
    const handle = this.#handle;
    if (this.#kept !== null && !handle.closing) {
      const refused = refusal(options);
      if (refused !== null) return refused;
      const buffer = Buffer.allocUnsafeSlow(size);
      return Promise.resolve(buffer.subarray(0, this.#takeKept(buffer)));
    }
    // Of a message the lane's memory could hold a part only.
    if ((!this.#fast || size <= lentBytes) && handle.transport !== 'messages') {
      return handle.runtime.start(
        receiveLent,
        this,
        handle,
        options,
        handle.descriptor,
        Math.min(size, lentBytes),
        0,
        0,
        0,
        0,
        null,
        DescriptorFlag.laneBuffer,
      );
    }
    const buffer = (size === defaultReadBytes ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(size);
    this.view = buffer;
    return handle.runtime.start(receiveNew, this, handle, options, handle.descriptor, size, addressOf(buffer));
  }

  received(count: number): number {
    this.view = null;
    this.bytes += count;
    return count;
  }

  receivedLent(bytes: Buffer): Buffer {
    this.bytes += bytes.byteLength;
    this.#fast = bytes.byteLength === lentBytes;
    return bytes;
  }

  receivedNew(count: number): Buffer {
    this.#fast = count > lentBytes;
    const buffer = this.view as Buffer;
    this.view = null;
    this.bytes += count;
    // A few bytes must not keep the whole buffer alive.
    if (count * 2 > buffer.byteLength) return buffer.subarray(0, count);
    const bytes = Buffer.from(buffer.subarray(0, count));
    if (buffer.byteLength === defaultReadBytes && spare.length < mostSpare) spare.push(buffer);
    return bytes;
  }

  /** Bytes arrived for a caller who had been told that nothing happened. */
  keep(count: number): void {
    const view = this.view as NodeJS.ArrayBufferView;
    this.view = null;
    // Memory given away in the meantime took the bytes along; its owner asked for `detach`.
    if (count === 0 || view.byteLength < count) return;
    this.keepBytes(Buffer.from(new Uint8Array(view.buffer, view.byteOffset, count)));
  }

  keepBytes(bytes: Buffer): void {
    if (bytes.byteLength === 0) return;
    this.#kept ??= [];
    this.#kept.push(bytes);
  }

  #takeKept(view: NodeJS.ArrayBufferView): number {
    const kept = this.#kept ?? [];
    const target = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    let count = 0;
    while (kept.length > 0 && count < target.byteLength) {
      const [first] = kept as [Buffer];
      const part = first.subarray(0, target.byteLength - count);
      target.set(part, count);
      count += part.byteLength;
      if (part.byteLength === first.byteLength) kept.shift();
      else kept[0] = first.subarray(part.byteLength);
    }
    if (kept.length === 0) this.#kept = null;
    this.bytes += count;
    return count;
  }
}
