// A datagram socket.

import { checkHost } from '../dns/lookup.ts';
import { guard, type Handle, unguard } from '../runtime/handle.ts';
import { addressOf, checkView } from '../runtime/memory.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { checkPort } from '../runtime/port.ts';
import { bindHandle, bindHandleTo } from './bind-handle.ts';
import { PeerConnection } from './connect.ts';
import { isBound } from './errors.ts';
import {
  checkMaxBytes,
  type Message,
  type ReceivedInto,
  type ReceiveOptions,
  receiveInto,
  receiveMemory,
  receiveMessage,
} from './message.ts';
import { MessageIterator } from './messages.ts';
import {
  type BindAddress,
  checkBindAddress,
  checkOperationOptions,
  checkOperationValues,
  type SocketType,
} from './options.ts';
import { isLiteral, loopbackOf, resolve, wireFor } from './resolve.ts';
import {
  type DatagramData,
  pendingSends,
  type SendArguments,
  type SendRequest,
  sendRequest,
  startSend,
} from './send.ts';
import { DatagramSettings, type SocketAddress } from './settings.ts';

const knownReceive = knownOptions('maxBytes');
// What one operation moves at most; a datagram is far shorter.
const mostBytes = 0x7fffffff;

/** The handle behind a UdpSocket, for other areas of this package; undefined for anything else. */
export let datagramHandleOf: (value: unknown) => Handle | undefined;

/**
 * A socket made by `bind` or `createSocket`.
 *
 * @example
 * await using socket = await bind({ port: 5353 });
 * const { data, address, port } = await socket.receive({ timeoutMs: 1000 });
 * await socket.send(data, port, address);
 */
export class UdpSocket extends DatagramSettings implements AsyncDisposable {
  readonly #handle: Handle;
  #binding = false;
  readonly #connection: PeerConnection;
  // Most sockets answer whom they answered last.
  #destination: { address: string; port: number; wire: Uint8Array | null } = { address: '', port: 0, wire: null };

  static {
    datagramHandleOf = (value) =>
      typeof value === 'object' && value !== null && #handle in value ? value.#handle : undefined;
  }

  /** @internal */
  constructor(handle: Handle, type: SocketType) {
    super(handle, type);
    this.#handle = handle;
    this.#connection = new PeerConnection(handle, type);
    guard(this, handle);
  }

  /**
   * Binds a socket of `createSocket` to a port, 0 or none for one the system chooses. ERR_SOCKET_ALREADY_BOUND
   * when it has one; EADDRINUSE, EACCES, EADDRNOTAVAIL as the system says.
   */
  bind(port?: number, address?: string, options?: OperationOptions): Promise<void>;
  bind(options: BindAddress): Promise<void>;
  bind(where: number | BindAddress = 0, address?: string, options?: OperationOptions): Promise<void> {
    if (typeof where === 'object') {
      checkBindAddress(where);
      return this.#bind(checkPort(where.port ?? 0, 'options.port'), where.address, where);
    }
    if (address !== undefined && address !== '') checkHost(address, 'address');
    checkOperationOptions(options);
    return this.#bind(checkPort(where, 'port'), address, options);
  }

  #bind(port: number, host: string | undefined, options: OperationOptions | undefined): Promise<void> {
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    if (this.closed) return Promise.reject(this.#handle.closedError('bind'));
    if (this.#binding || this.bound) throw isBound();
    return this.#bindTo(port, host, options);
  }

  async #bindTo(port: number, host: string | undefined, options: OperationOptions | undefined): Promise<void> {
    this.#binding = true;
    try {
      await bindHandleTo(this.#handle, this.type, host, port, options);
    } finally {
      this.#binding = false;
    }
  }

  /**
   * Fixes the peer: send() needs no destination any more, what others send is not received, and that the peer refuses
   * what was sent is told.
   * ERR_SOCKET_DGRAM_IS_CONNECTED when there is one.
   *
   * @param address an address or a host name; default: this machine
   */
  connect(port: number, address?: string | null, options?: OperationOptions): Promise<void> {
    const checked = checkPort(port, 'port', 1);
    if (address !== undefined && address !== null && address !== '') checkHost(address, 'address');
    checkOperationOptions(options);
    return this.#connection.connect(checked, address || loopbackOf(this.type), options);
  }

  /** Undoes connect(). ERR_SOCKET_DGRAM_NOT_CONNECTED without one. */
  disconnect(options?: OperationOptions): Promise<void> {
    checkOperationOptions(options);
    const before = this.#connection.peer !== undefined && !this.closed ? this.address() : undefined;
    const disconnected = this.#connection.disconnect(options);
    return before === undefined ? disconnected : disconnected.then(() => this.#keepPort(before));
  }

  // Linux takes a port it has chosen itself back with the peer; our callers have told others of it.
  #keepPort({ address, port }: SocketAddress): void {
    if (this.closed || this.bound) return;
    bindHandle(this.#handle, this.type, address, port);
  }

  /**
   * Sends one datagram and resolves to its bytes. The shapes are those of node:dgram, with options last:
   * `(data, port, address)`, `(data, {port, address})`, `(data)` on a connected socket, and both with
   * `offset, length` behind the data. A socket that is not bound gets a port. EMSGSIZE when the datagram is
   * too long, ECONNREFUSED on a connected socket when an earlier one was refused and no receive was told (on Windows
   * often a receive alone is).
   */
  send(data: DatagramData, ...rest: SendArguments): Promise<number> {
    const { peer } = this.#connection;
    const request = sendRequest(data, rest, peer !== undefined);
    const { port, address = loopbackOf(this.type), options } = request;
    if (port === undefined) return startSend(this.#handle, request, peer?.address, peer?.port, null, options);
    const destination = this.#destination;
    if (address === destination.address && port === destination.port) {
      return startSend(this.#handle, request, address, port, destination.wire, options);
    }
    if (!isLiteral(address)) {
      if (options !== undefined) checkOperationValues(options);
      return this.#sendToHost(request, address, port);
    }
    return this.#sendTo(request, address, port, options);
  }

  async #sendToHost(request: SendRequest, host: string, port: number): Promise<number> {
    const { address, options } = await resolve(host, this.type, request.options);
    return this.#sendTo(request, address, port, options);
  }

  #sendTo(request: SendRequest, address: string, port: number, options: OperationOptions | undefined): Promise<number> {
    let wire: Uint8Array;
    try {
      wire = wireFor(this.type, address, port, 'send');
    } catch (error) {
      return Promise.reject(error);
    }
    // The number of an interface that is named may change.
    if (!address.includes('%')) this.#destination = { address, port, wire };
    return startSend(this.#handle, request, address, port, wire, options);
  }

  /** Datagrams that are with the kernel, or wait to be. */
  getSendQueueCount(): number {
    return pendingSends(this.#handle).count;
  }

  /** Bytes of the datagrams that are with the kernel, or wait to be. */
  getSendQueueSize(): number {
    return pendingSends(this.#handle).bytes;
  }

  /**
   * Waits for one datagram. Several may wait, each gets a datagram of its own; one taken back by its signal
   * loses none. With a buffer the datagram goes there, cut to its length; without one it comes in memory of
   * its own. ECONNREFUSED on a connected socket when something sent was refused; others are not told of refusals.
   */
  receive(options?: ReceiveOptions): Promise<Message>;
  receive<View extends NodeJS.ArrayBufferView>(buffer: View, options?: OperationOptions): Promise<ReceivedInto<View>>;
  receive(
    first?: NodeJS.ArrayBufferView | ReceiveOptions,
    second?: OperationOptions,
  ): Promise<Message | ReceivedInto<NodeJS.ArrayBufferView>> {
    const remote = this.#connection.peer;
    const handle = this.#handle;
    if (second !== undefined || ArrayBuffer.isView(first)) {
      checkView(first, 'buffer');
      checkOperationOptions(second);
      const length = Math.min(first.byteLength, mostBytes);
      return handle.runtime.start(
        receiveInto,
        { view: first, remote },
        handle,
        second,
        handle.descriptor,
        length,
        addressOf(first),
      );
    }
    if (first !== undefined) {
      checkOptions(first, knownReceive);
      checkMaxBytes((first as ReceiveOptions).maxBytes);
    }
    const view = receiveMemory(first?.maxBytes);
    const at = addressOf(view);
    return handle.runtime.start(
      receiveMessage,
      { view, remote },
      handle,
      first,
      handle.descriptor,
      view.byteLength,
      at,
    );
  }

  /**
   * The datagrams one after the other, each received when it is asked for. Ends when the socket is closed, and
   * leaving the loop leaves the socket open. `timeoutMs` is the time for each.
   *
   * @param options those of receive()
   */
  messages(options: ReceiveOptions = {}): AsyncIterableIterator<Message> {
    checkOptions(options, knownReceive);
    checkOperationValues(options);
    checkMaxBytes((options as ReceiveOptions).maxBytes);
    return new MessageIterator(this, options);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    return this.messages();
  }

  /** Takes back what is pending, waits for it, closes. Again and again the same promise. */
  close(): Promise<void> {
    unguard(this.#handle);
    return this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
