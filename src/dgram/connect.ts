// Connecting a datagram socket: from then on it sends to one peer and receives from it only.

import type { Handle } from '../runtime/handle.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { Operation } from '../wire/operations.ts';
import { isConnected, isNotConnected } from './errors.ts';
import type { SocketType } from './options.ts';
import { isLiteral, resolve, wireFor } from './resolve.ts';

/** Whom a socket is connected to. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

const connectDatagram = defineKind<void, Peer | undefined>({
  name: 'socketConnect',
  operation: Operation.socketConnect,
  syscall: 'connect',
  memory: 'none',
  complete: () => undefined,
  fields: (peer) => ({ address: peer?.address, port: peer?.port }),
});

// The wire address of no family: connecting to it disconnects.
const noAddress = new Uint8Array(16);

/** The peer of one socket, and its changes. */
export class PeerConnection {
  readonly #handle: Handle;
  readonly #type: SocketType;
  #peer: Peer | undefined;
  #changing = false;

  constructor(handle: Handle, type: SocketType) {
    this.#handle = handle;
    this.#type = type;
  }

  /** Undefined without one, and while it changes. */
  get peer(): Peer | undefined {
    return this.#changing ? undefined : this.#peer;
  }

  connect(port: number, host: string, options: OperationOptions | undefined): Promise<void> {
    if ((this.#peer !== undefined || this.#changing) && !this.#handle.closing) throw isConnected();
    return this.#change(() => this.#connect(port, host, options));
  }

  disconnect(options: OperationOptions | undefined): Promise<void> {
    if (this.peer === undefined && !this.#handle.closing) throw isNotConnected();
    return this.#change(async () => {
      await this.#start(undefined, noAddress, options);
      return undefined;
    });
  }

  async #change(to: () => Promise<Peer | undefined>): Promise<void> {
    this.#changing = true;
    try {
      this.#peer = await to();
    } finally {
      this.#changing = false;
    }
  }

  async #connect(port: number, host: string, options: OperationOptions | undefined): Promise<Peer> {
    const resolved = isLiteral(host) ? { address: host, options } : await resolve(host, this.#type, options);
    const peer = { address: resolved.address, port };
    await this.#start(peer, wireFor(this.#type, peer.address, port, 'connect'), resolved.options);
    return peer;
  }

  // The kernel never waits here: a caller told before it answers could be told wrong.
  #start(peer: Peer | undefined, wire: Uint8Array, options: OperationOptions | undefined): Promise<void> {
    const handle = this.#handle;
    const patient = { ...options, detachAfterMs: Number.POSITIVE_INFINITY };
    return handle.runtime.start(connectDatagram, peer, handle, patient, handle.descriptor, 0, 0, 0, 0, 0, wire);
  }
}
