// The descriptor of a stream socket (or of a named pipe's end) and its two directions, which follow the runtime's own accounts: they are
// taken from the moment the runtime has an operation until it has let it go, however it ends.

import { Handle } from '../runtime/handle.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Slot } from '../runtime/slot.ts';
import { Operation } from '../wire/operations.ts';
import type { Direction } from './direction.ts';
import { Receiving } from './receiving.ts';
import { Sending } from './sending.ts';

/** What a connection is made of; 'pipe' and 'messages' are named pipes of either mode. */
export type Transport = 'tcp' | 'unix' | 'pipe' | 'messages';

export class SocketHandle extends Handle {
  readonly transport: Transport;
  readonly receiving: Receiving = new Receiving(this);
  readonly sending: Sending = new Sending(this);

  constructor(runtime: Runtime, descriptor: number, transport: Transport) {
    super(runtime, descriptor);
    this.transport = transport;
  }

  get isTcp(): boolean {
    return this.transport === 'tcp';
  }

  override add(slot: Slot): void {
    this.#directionOf(slot)?.enter();
    super.add(slot);
  }

  override remove(slot: Slot): void {
    const direction = this.#directionOf(slot);
    super.remove(slot);
    direction?.leave();
  }

  /** Rejects the calls that wait for their turn, then closes as every handle does. */
  override close(): Promise<void> {
    if (!this.closing) {
      const { descriptor } = this;
      const closed = super.close();
      this.receiving.close();
      this.sending.closeOn(descriptor);
      return closed;
    }
    return super.close();
  }

  #directionOf(slot: Slot): Direction | null {
    switch (slot.kind?.operation) {
      case Operation.socketReceive:
        return this.receiving;
      case Operation.socketSend:
      case Operation.socketSendVector:
      case Operation.socketSendFile:
      case Operation.socketShutdown:
        return this.sending;
      default:
        return null;
    }
  }
}
