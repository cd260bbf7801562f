// The datagrams of a socket one after the other.

import type { Message, ReceiveOptions } from './message.ts';
import type { UdpSocket } from './socket.ts';

/**
 * Receives when it is asked and holds nothing back: what was not asked for stays with the socket. Ends when
 * the socket is closed; throws what a receive fails with, the signal's reason among it. Leaving the loop takes
 * the pending receive back and leaves the socket open.
 */
export class MessageIterator implements AsyncIterableIterator<Message> {
  readonly #socket: UdpSocket;
  readonly #options: ReceiveOptions;
  readonly #returned = new AbortController();
  readonly #release: () => void;
  #ended = false;

  constructor(socket: UdpSocket, options: ReceiveOptions) {
    this.#socket = socket;
    this.#options = { ...options, signal: this.#returned.signal };
    const { signal } = options;
    const follow = (): void => this.#returned.abort(signal?.reason);
    if (signal?.aborted) follow();
    else signal?.addEventListener('abort', follow, { once: true });
    this.#release = () => signal?.removeEventListener('abort', follow);
  }

  async next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#ended) return { done: true, value: undefined };
    try {
      const value = await this.#socket.receive(this.#options);
      return { done: false, value };
    } catch (error) {
      const toldToEnd = this.#ended || this.#socket.closed;
      this.#end();
      if (toldToEnd) return { done: true, value: undefined };
      throw error;
    }
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    if (!this.#ended) {
      this.#end();
      this.#returned.abort();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#ended = true;
    this.#release();
  }
}
