// A listening socket: TCP, Unix, or a named pipe.

import type { ParsedAddress } from '../runtime/address.ts';
import { guard, unguard } from '../runtime/handle.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { runtime } from '../runtime/runtime.ts';
import type { Acceptor } from './acceptor.ts';
import { type AddressInfo, addressInfo, localAddressOf } from './addresses.ts';
import { Socket } from './socket.ts';
import { SocketHandle, type Transport } from './socket-handle.ts';
import { applyConnectionOptions, type ConnectionOptions } from './tuning.ts';
import type { SocketFile } from './unix-path.ts';

const known = knownOptions();

/** What listen() hands over besides the listening socket. */
export interface ServerFields {
  /** The path of a Unix socket or a pipe, null for TCP. */
  path: string | null;
  /** What accepted connections are made of. */
  transport: Transport;
  /** The file behind the path, if there is one. */
  file: SocketFile | null;
  /** What every accepted socket is given. */
  connection: ConnectionOptions;
}

/**
 * A listening socket, from `listen()`.
 *
 * @example
 * for await (const socket of server) serve(socket);
 */
export class Server implements AsyncDisposable {
  readonly #acceptor: Acceptor;
  readonly #fields: ServerFields;
  #address: ParsedAddress | undefined;
  #closing: Promise<void> | null = null;

  /** @internal */
  constructor(acceptor: Acceptor, fields: ServerFields) {
    this.#acceptor = acceptor;
    this.#fields = fields;
    guard(this, acceptor.handle);
  }

  /**
   * Resolves to the next connection. Aborted, it has taken none: the next accept() gets it.
   *
   * @throws an `Error` with code 'EMFILE' and the like; the server goes on
   */
  accept(options?: OperationOptions): Promise<Socket> {
    if (options !== undefined) checkOptions(options, known);
    // Who waits holds the server: it is not collected, and closed, under a pending accept.
    return this.#acceptor.accept(options).then((descriptor) => this.#connected(descriptor));
  }

  #connected(descriptor: number): Socket {
    const handle = new SocketHandle(runtime, descriptor, this.#fields.transport);
    applyConnectionOptions(handle, this.#fields.connection);
    return new Socket(handle);
  }

  /**
   * The connections as they come, until the server is closed. Leaving the loop early leaves the server open, and so
   * does an error of accept(), which ends the loop.
   */
  async *connections(options?: OperationOptions): AsyncGenerator<Socket, void, void> {
    while (!this.closed) {
      let socket: Socket;
      try {
        socket = await this.accept(options);
      } catch (error) {
        if (this.closed) return;
        throw error;
      }
      yield socket;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Socket, void, void> {
    return this.connections();
  }

  /**
   * Stops listening: pending accepts reject with code ECANCELED, connections nobody has taken are closed, the file
   * of a Unix socket is removed. Sockets that were accepted stay. Calling it again returns the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const acceptor = this.#acceptor;
    unguard(acceptor.handle);
    acceptor.close();
    // Before the socket is closed: until then no other file can have the number of ours.
    if (this.#fields.file !== null) await this.#fields.file.remove();
    await acceptor.handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The address listened on; the path of a Unix socket or a pipe; null when the server is closed. */
  address(): AddressInfo | string | null {
    if (this.closed) return null;
    if (this.#fields.path !== null) return this.#fields.path;
    this.#address ??= localAddressOf(this.#acceptor.handle.descriptor);
    return addressInfo(this.#address) ?? null;
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#closing !== null;
  }

  /** Whether the server listens. */
  get listening(): boolean {
    return !this.closed;
  }

  /** Lets a pending accept() keep the process alive (the default). */
  ref(): this {
    this.#acceptor.setReferenced(true);
    return this;
  }

  /** Lets the process end although an accept() is pending. */
  unref(): this {
    this.#acceptor.setReferenced(false);
    return this;
  }
}
