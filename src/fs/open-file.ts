// A descriptor of an open file with what the inside of this area asks of it: transfers of memory the caller
// does not hold. FileHandle is its public face.

import { binding } from '../binding.ts';
import { Handle } from '../runtime/handle.ts';
import { addressOf } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { DescriptorFlag } from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import { directFlag } from './flags.ts';
import { refusedRead, refusedWrite } from './positions.ts';
import { longestTransfer } from './ranges.ts';
import { BigIntStats, Stats } from './stats.ts';

const readOwned = defineKind<number, ArrayBufferView>({
  name: 'fileRead',
  operation: Operation.fileRead,
  syscall: 'read',
  memory: 'runtime',
  complete: (bytesRead) => bytesRead,
  memoryOf: (view) => view,
});

const writeLent = defineKind<number, ArrayBufferView>({
  name: 'fileWrite',
  operation: Operation.fileWrite,
  syscall: 'write',
  memory: 'caller',
  complete: (bytesWritten) => bytesWritten,
  memoryOf: (view) => view,
});

const writeOwned = defineKind<number, ArrayBufferView>({
  name: 'fileWrite',
  operation: Operation.fileWrite,
  syscall: 'write',
  memory: 'runtime',
  complete: (bytesWritten) => bytesWritten,
  memoryOf: (view) => view,
});

const status = defineKind<Stats, undefined>({
  name: 'fileStatus',
  operation: Operation.fileStatus,
  syscall: 'fstat',
  memory: 'none',
  complete: (_result, _resource, payload) => new Stats(payload),
});

const bigStatus = defineKind<BigIntStats, undefined>({
  name: 'fileStatus',
  operation: Operation.fileStatus,
  syscall: 'fstat',
  memory: 'none',
  complete: (_result, _resource, payload) => new BigIntStats(payload),
});

const sync = defineKind<void, undefined>({
  name: 'fileSync',
  operation: Operation.fileSync,
  syscall: 'fsync',
  memory: 'none',
  complete: () => undefined,
});

// As native/os/file_positions.h has them.
const refusesRead = 1;
const refusesWrite = 2;
const ignoresPositions = 4;
const notAsked = -1;

/**
 * Most bytes that are copied from the page cache on the JavaScript thread. More of them would hold it up for longer than the
 * share of a turn: 64 MiB for 7 ms.
 */
const mostCopied = 1024 * 1024;

export class OpenFile extends Handle {
  /** DescriptorFlag bits of its transfers but reads. */
  readonly transferFlags: number;
  readonly #isDirect: boolean;
  #refused = notAsked;

  /** @param flags those it was opened with */
  constructor(runtime: Runtime, descriptor: number, flags: number) {
    super(runtime, descriptor);
    this.#isDirect = (flags & directFlag) !== 0;
    this.transferFlags = this.#isDirect ? DescriptorFlag.directDevice : DescriptorFlag.none;
  }

  /** DescriptorFlag bits of a read of so many bytes into one buffer. */
  readFlags(bytes: number): number {
    // On an O_DIRECT file an attempt that is not to wait waits for the device.
    if (this.#isDirect) return this.transferFlags;
    return bytes > mostCopied ? DescriptorFlag.mayBlock : DescriptorFlag.tryInline;
  }

  /** The same into several. */
  readVectorFlags(bytes: number): number {
    return bytes > mostCopied && !this.#isDirect ? DescriptorFlag.mayBlock : this.transferFlags;
  }

  /** Whether it refuses reads at a position. */
  get refusesReadAt(): boolean {
    return ((this.#refused === notAsked ? this.#askRefused() : this.#refused) & refusesRead) !== 0;
  }

  /** Whether it refuses writes at a position. */
  get refusesWriteAt(): boolean {
    return ((this.#refused === notAsked ? this.#askRefused() : this.#refused) & refusesWrite) !== 0;
  }

  /** Whether bytes can be read at a position: on Windows what has none is read wherever it is. */
  get isReadAt(): boolean {
    const refused = this.#refused === notAsked ? this.#askRefused() : this.#refused;
    return (refused & (refusesRead | ignoresPositions)) === 0;
  }

  // With the first position only: most files are read and written from their beginning to their end.
  #askRefused(): number {
    this.#refused = binding.fileRefusedPositions(this.descriptor);
    return this.#refused;
  }

  /** Reads into memory the caller of the public call does not hold; resolves to the byte count. */
  readOwned(view: ArrayBufferView, position: number, options: OperationOptions | undefined): Promise<number> {
    const refused = refusedRead(this, position, options);
    if (refused !== null) return refused;
    const length = Math.min(view.byteLength, longestTransfer);
    return this.runtime.start(
      readOwned,
      view,
      this,
      options,
      this.descriptor,
      length,
      addressOf(view),
      position,
      0,
      0,
      null,
      this.readFlags(length),
    );
  }

  /** Writes memory the caller of the public call does not hold. */
  writeOwned(view: ArrayBufferView, position: number, options: OperationOptions | undefined): Promise<number> {
    return this.#write(writeOwned, view, position, options);
  }

  /** Writes memory of the caller's: by default an abort waits until the kernel has let go of it. */
  writeLent(view: ArrayBufferView, position: number, options: OperationOptions | undefined): Promise<number> {
    return this.#write(writeLent, view, position, options);
  }

  #write(
    kind: typeof writeLent,
    view: ArrayBufferView,
    position: number,
    options: OperationOptions | undefined,
  ): Promise<number> {
    const refused = refusedWrite(this, position, options);
    if (refused !== null) return refused;
    const length = Math.min(view.byteLength, longestTransfer);
    return this.runtime.start(
      kind,
      view,
      this,
      options,
      this.descriptor,
      length,
      addressOf(view),
      position,
      0,
      0,
      null,
      this.transferFlags,
    );
  }

  status(options: OperationOptions | undefined): Promise<Stats> {
    return this.runtime.start(status, undefined, this, options, this.descriptor);
  }

  bigStatus(options: OperationOptions | undefined): Promise<BigIntStats> {
    return this.runtime.start(bigStatus, undefined, this, options, this.descriptor);
  }

  sync(options: OperationOptions | undefined): Promise<void> {
    return this.runtime.start(sync, undefined, this, options, this.descriptor);
  }
}

/** Closes a file whatever came of `work`; a failure of `work` comes before one of the close. */
export async function closing<Value>(file: Handle, work: () => Promise<Value>): Promise<Value> {
  let value: Value;
  try {
    value = await work();
  } catch (error) {
    await file.close().catch(() => {
      // The caller is told of the earlier failure.
    });
    throw error;
  }
  await file.close();
  return value;
}
