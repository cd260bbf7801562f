// One sendFile: bytes of a file on their way through a socket. A piece is read and then sent; where the system does it by
// itself (TransmitFile) it is one operation per 2 GiB.
//
//     waiting ── its turn ──► sending ── nothing left, the end of the file, an end of the call ──► settled
//        │                       │
//        └── abort, deadline, ───┴── the same: the operation it has with the runtime is cancelled, and its completion
//            close of either           says what was sent
//
// Both handles lend it their descriptor from the call to its settlement.

import { binding } from '../binding.ts';
import { closedWhilePending, errnoOf, systemErrorByCode } from '../errors.ts';
import type { OpenFile } from '../fs/open-file.ts';
import { addressOf } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { refusal } from '../runtime/refusal.ts';
import { Cause } from '../runtime/slot.ts';
import { Steps } from '../runtime/steps.ts';
import { DescriptorFlag } from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import type { FileRange } from './arguments.ts';
import { rejectAs } from './errors.ts';
import { sendAll } from './sending.ts';
import type { SocketHandle } from './socket-handle.ts';

const syscall = 'sendfile';

/** Most bytes that are read, then sent. */
const pieceBytes = 256 * 1024;

const readPiece = defineKind<number, FileSending>({
  name: 'fileRead',
  operation: Operation.fileRead,
  syscall,
  memory: 'runtime',
  complete: (count) => count,
  memoryOf: (sending) => sending.memory,
  recover: rejectAs(syscall),
});

// The memory counts as the caller's: a call that was rejected must not send its bytes later.
const sendPiece = defineKind<number, FileSending>({
  name: 'socketSend',
  operation: Operation.socketSend,
  syscall,
  memory: 'caller',
  complete: (count) => count,
  orphan: (count, sending) => sending.sentUnheard(count),
  memoryOf: (sending) => sending.memory,
  recover: rejectAs(syscall),
});

// What a lane answers that does not do it for this file or this socket, and the count that stands for it.
const refusals: readonly number[] = [errnoOf('ENOSYS'), errnoOf('ENOTSUP')];
const notDone = -1;
const connectionAborted = errnoOf('ECONNABORTED');
const rejectTransmit = rejectAs(syscall);

// It has neither signal nor deadline, so that only a close() ends it.
const transmit = defineKind<number, FileSending>({
  name: 'socketSendFile',
  operation: Operation.socketSendFile,
  syscall,
  memory: 'caller',
  complete: (count) => count,
  memoryOf: () => null,
  recover: (errno, sending, native) => {
    if (refusals.includes(errno)) return notDone;
    // Cancelled, it has taken the connection down. That is no news to who closes the socket.
    if (errno === connectionAborted && sending.losesSocket) throw closedWhilePending(syscall);
    return rejectTransmit(errno, sending, native);
  },
});

/** The system's own way of sending files. */
export const transmitting: {
  /** Whether it is taken; undefined until a file is sent. */
  works: boolean | undefined;
  /** Most bytes of one operation (Microsoft, "TransmitFile function"). */
  mostBytes: number;
} = { works: undefined, mostBytes: 2 ** 31 - 2 };

// Memory of pieces that no operation borrows any more.
const spare: Uint8Array[] = [];
const mostSpare = 8;

/** Sends a range of a file when it is its turn in the sending direction. The options must be known ones. */
export function sendFile(
  socket: SocketHandle,
  file: OpenFile,
  range: FileRange,
  options: OperationOptions | undefined,
): Promise<number> {
  const refused = refusal(options);
  if (refused !== null) return refused;
  for (const handle of [socket, file]) if (handle.closing) return Promise.reject(handle.closedError(syscall));
  return new FileSending(socket, file, range).run(options);
}

class FileSending {
  readonly #socket: SocketHandle;
  readonly #file: OpenFile;
  #position: number;
  #left: number;
  #sent = 0;
  memory: Uint8Array | null = null;

  constructor(socket: SocketHandle, file: OpenFile, { position, length }: FileRange) {
    this.#socket = socket;
    this.#file = file;
    this.#position = position;
    this.#left = length;
  }

  async run(options: OperationOptions | undefined): Promise<number> {
    const giveBack = [this.#socket, this.#file].map((handle) => handle.lend(() => this.#end()));
    const { sending } = this.#socket;
    try {
      return await (sending.taken ? sending.wait(syscall, options, this.#begin) : this.#begin(options));
    } finally {
      for (const give of giveBack) give();
    }
  }

  get losesSocket(): boolean {
    return this.#socket.closing;
  }

  sentUnheard(count: number): void {
    this.#socket.sending.bytes += count;
  }

  /** One of the handles is being closed. */
  #end(): void {
    this.#socket.sending.reject(this.#begin, closedWhilePending(syscall));
    const { runtime } = this.#socket;
    for (const handle of [this.#socket, this.#file]) runtime.cancelAll(handle, Cause.close, this);
  }

  // It is its turn, until it settles.
  readonly #begin = async (options: OperationOptions | undefined): Promise<number> => {
    const { sending } = this.#socket;
    sending.hold();
    try {
      const steps = new Steps(options);
      await steps.run(() => this.#sendRange(steps));
      this.#spareMemory();
    } catch (error) {
      // Bytes have moved: whatever ended it, that is what the call says. The next one meets the same error.
      if (this.#sent === 0) throw error;
    } finally {
      sending.letGo();
    }
    return this.#sent;
  };

  async #sendRange(steps: Steps): Promise<void> {
    this.#next(steps);
    if (!this.#file.isReadAt) throw systemErrorByCode('ESPIPE', syscall);
    if (this.#goesByItself(steps) && (await this.#transmit())) return;
    await this.#sendInPieces(steps);
  }

  // An abort would cost the connection: who may ask for one has the file sent in pieces.
  #goesByItself(steps: Steps): boolean {
    if (steps.mayEnd || !this.#socket.isTcp) return false;
    transmitting.works ??= binding.info().features.includes('transmit-file');
    return transmitting.works;
  }

  /** False when it has to be done in pieces. */
  async #transmit(): Promise<boolean> {
    while (this.#left > 0) {
      this.#assertOpen();
      const length = Math.min(this.#left, transmitting.mostBytes);
      const count = await this.#transmitPart(length);
      if (count === notDone) return false;
      this.#count(count);
      // The end of the file, or of the call.
      if (count < length) break;
    }
    return true;
  }

  #transmitPart(length: number): Promise<number> {
    const { runtime, descriptor } = this.#socket;
    // biome-ignore format: one line per operation
    return runtime.start(transmit, this, this.#socket, undefined, descriptor, length, 0, this.#position, this.#file.descriptor);
  }

  async #sendInPieces(steps: Steps): Promise<void> {
    while (this.#left > 0) {
      const end = await this.#readPiece(this.#next(steps));
      if (end === 0) return;
      for (let from = 0; from < end; ) {
        const count = await this.#sendPiece(from, end, this.#next(steps));
        if (count === 0) return;
        this.#count(count);
        from += count;
      }
    }
  }

  #readPiece(options: OperationOptions | undefined): Promise<number> {
    const file = this.#file;
    this.memory ??= spare.pop() ?? Buffer.allocUnsafeSlow(Math.min(this.#left, pieceBytes));
    const { memory } = this;
    const length = Math.min(this.#left, memory.byteLength);
    // biome-ignore format: one line per operation
    return file.runtime.start(readPiece, this, file, options, file.descriptor, length, addressOf(memory), this.#position, 0, 0, null, file.readFlags(length));
  }

  #sendPiece(from: number, end: number, options: OperationOptions | undefined): Promise<number> {
    const socket = this.#socket;
    const address = addressOf(this.memory as Uint8Array) + from;
    // The file's close() may end what nothing else may, and the socket goes on. A pipe might be sent each byte by itself.
    const isStream = socket.isTcp || socket.transport === 'unix';
    const flags = isStream ? DescriptorFlag.abortable : DescriptorFlag.none;
    // biome-ignore format: one line per operation
    return socket.runtime.start(sendPiece, this, socket, options, socket.descriptor, end - from, address, 0, sendAll, 0, null, flags);
  }

  // Only when every operation has completed: what was given up may have left the kernel with the memory.
  #spareMemory(): void {
    if (this.memory?.byteLength === pieceBytes && spare.length < mostSpare) spare.push(this.memory);
  }

  #count(bytes: number): void {
    this.#sent += bytes;
    this.#position += bytes;
    this.#left -= bytes;
    this.#socket.sending.bytes += bytes;
  }

  /** Options of the next operation; throws when the call has ended. */
  #next(steps: Steps): OperationOptions | undefined {
    // As for a single operation: an abort counts at once, a close a microtask later.
    const options = steps.next();
    this.#assertOpen();
    return options;
  }

  // A handle is closing before it asks those it is lent to to end.
  #assertOpen(): void {
    if (this.#socket.closing || this.#file.closing) throw closedWhilePending(syscall);
  }
}
