// A flow without the object its user holds, so that the socket that lends its descriptor does not keep that alive.

import { systemErrorByCode } from '../errors.ts';
import { delay } from '../runtime/delay.ts';
import type { Handle } from '../runtime/handle.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { Steps } from '../runtime/steps.ts';
import { Congestion } from './congestion.ts';
import { type Connection, connectionOf } from './connection.ts';
import { MarkedSocket } from './marked-socket.ts';
import type { Fundamentals } from './measures.ts';

/** Time over which a rate is measured. */
const rateWindowMs = 100;

export class FlowState {
  readonly #handle: Handle;
  readonly #onRemoved: (flow: FlowState) => void;
  readonly #giveBack: () => void;
  readonly socket: MarkedSocket;
  readonly congestion: Congestion;
  readonly adaptive: boolean;
  removed = false;

  /** Throws EBADF on a closed socket. */
  constructor(handle: Handle, adaptive: boolean, onRemoved: (flow: FlowState) => void) {
    if (handle.closing) throw handle.closedError('getsockopt');
    this.#handle = handle;
    this.#onRemoved = onRemoved;
    this.adaptive = adaptive;
    this.socket = new MarkedSocket(handle);
    this.congestion = new Congestion(() => this.#look('notify'));
    this.#giveBack = handle.lend(() => this.remove());
  }

  isOn(handle: Handle): boolean {
    return this.#handle === handle;
  }

  #look(syscall: string): Connection {
    this.assertThere(syscall);
    return connectionOf(this.#handle.descriptor, syscall);
  }

  assertThere(syscall: string): void {
    if (this.removed) throw systemErrorByCode('EBADF', syscall);
  }

  fundamentals(): Fundamentals {
    const { deliveredBytesPerSecond, roundTripMicroseconds } = this.#look('query');
    return {
      bottleneckBitsPerSecond: null,
      availableBitsPerSecond: 8 * deliveredBytesPerSecond,
      roundTripMs: roundTripMicroseconds / 1000,
    };
  }

  /** Bits per second that go out. */
  async rate(options: OperationOptions): Promise<number> {
    const steps = new Steps(options);
    return steps.run(async () => {
      const before = this.#look('query').sentBytes;
      const begun = performance.now();
      await delay(rateWindowMs, steps.next());
      const bytes = this.#look('query').sentBytes - before;
      return (8 * 1000 * bytes) / (performance.now() - begun);
    });
  }

  /** Ends what waits on the flow, and leaves the socket as it was found. Calling it again does nothing. */
  remove(): void {
    if (this.removed) return;
    this.removed = true;
    this.congestion.end(systemErrorByCode('ECANCELED', 'notify'));
    try {
      if (!this.#handle.closing) this.socket.restore();
    } finally {
      this.#onRemoved(this);
      this.#giveBack();
    }
  }
}
