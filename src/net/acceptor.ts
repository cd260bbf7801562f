// What accepts connections for a server: one accept in the kernel that completes again and again, begun when
// somebody waits, and the connections that arrived before anybody asked.

import { binding } from '../binding.ts';
import { closedWhilePending } from '../errors.ts';
import { Handle } from '../runtime/handle.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { refusal } from '../runtime/refusal.ts';
import { runtime } from '../runtime/runtime.ts';
import { DescriptorFlag } from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import { Line } from './line.ts';

/** So many connections may have been accepted that nobody has asked for; the system's backlog holds the others. */
export const mostUntaken = 64;

const socketAccept = defineKind<void, Acceptor>({
  name: 'socketAccept',
  operation: Operation.socketAccept,
  syscall: 'accept',
  memory: 'none',
  complete: (descriptor, acceptor) => acceptor.arrived(descriptor),
  next: (descriptor, acceptor) => acceptor.arrived(descriptor),
  orphan: (descriptor) => void binding.handleCloseNow(descriptor),
});

export class Acceptor {
  readonly handle: Handle;
  #closed = false;
  readonly #waiting = new Line<number>(() => this.#updateReference());
  #untaken: number[] = [];
  /** Ends the accept in the kernel; null when there is none. */
  #stopper: AbortController | null = null;
  #referenced = true;

  constructor(descriptor: number) {
    this.handle = new ListeningHandle(descriptor, this);
    this.handle.unref();
  }

  /** Connections nobody has asked for yet. */
  get untaken(): number {
    return this.#untaken.length;
  }

  /** The descriptor of the next connection. Throws at once for wrong options. */
  accept(options: OperationOptions | undefined): Promise<number> {
    if (this.#closed) {
      return refusal(options) ?? Promise.reject(this.handle.closedError('accept'));
    }
    if (this.#untaken.length > 0) {
      return refusal(options) ?? Promise.resolve(this.#untaken.shift() as number);
    }
    const promise = this.#waiting.join(options, 'accept', null);
    if (this.#waiting.size > 0) {
      this.#updateReference();
      this.#arm();
    }
    return promise;
  }

  /** Whether a waiting accept keeps the process alive. */
  setReferenced(referenced: boolean): void {
    this.#referenced = referenced;
    this.#updateReference();
  }

  /** Rejects who waits, and closes what nobody has taken; the handle is about to be closed. */
  close(): void {
    this.#closed = true;
    this.#waiting.rejectAll(closedWhilePending);
    for (const descriptor of this.#untaken) binding.handleCloseNow(descriptor);
    this.#untaken = [];
  }

  /** The accept in the kernel ends; connections that come before it has are kept. */
  stop(): void {
    this.#stopper?.abort();
  }

  arrived(descriptor: number): void {
    if (this.#closed) {
      binding.handleCloseNow(descriptor);
      return;
    }
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) {
      waiter.resolve(descriptor);
      return;
    }
    this.#untaken.push(descriptor);
    if (this.#untaken.length >= mostUntaken) this.stop();
  }

  #arm(): void {
    if (this.#stopper !== null) return;
    const stopper = new AbortController();
    this.#stopper = stopper;
    // Never detached: a connection that arrives after the stop still belongs to us.
    const options = { signal: stopper.signal, detachAfterMs: Number.POSITIVE_INFINITY };
    const { handle } = this;
    runtime
      .start(socketAccept, this, handle, options, handle.descriptor, 0, 0, 0, 0, 0, null, DescriptorFlag.multishot)
      .then(
        () => this.#ended(null),
        (error) => this.#ended(error === stopper.signal.reason ? null : error),
      );
  }

  // The kernel's accept has ended: stopped, failed, or because it was a single one after all.
  #ended(error: NodeJS.ErrnoException | null): void {
    this.#stopper = null;
    if (this.#closed) return;
    // A connection that was gone before it was accepted is nobody's error.
    if (error !== null && error.code !== 'ECONNABORTED') this.#waiting.shift()?.reject(error);
    if (this.#waiting.size > 0) this.#arm();
  }

  // An accept nobody waits for does not keep the process alive.
  #updateReference(): void {
    if (this.#referenced && this.#waiting.size > 0) this.handle.ref();
    else this.handle.unref();
  }
}

class ListeningHandle extends Handle {
  readonly #acceptor: Acceptor;

  constructor(descriptor: number, acceptor: Acceptor) {
    super(runtime, descriptor);
    this.#acceptor = acceptor;
  }

  // The kernel's accept would be pending for ever.
  override abandon(): void {
    this.#acceptor.close();
    this.close().catch(() => {});
  }
}
