// The options of one socket by which Linux marks and paces what it sends.

import { binding } from '../binding.ts';
import { systemError } from '../errors.ts';
import type { Handle } from '../runtime/handle.ts';
import { SocketOption } from '../wire/layout.ts';
import type { Priority } from './measures.ts';
import type { Marks } from './traffic.ts';

// The two lower bits of the class are those of ECN, which the kernel keeps for itself.
const ecnBits = 2;
const noLimit = -1;
/** The option is 32 bits of bytes per second, of which all set mean no limit. */
export const mostBitsPerSecond = 8 * (2 ** 32 - 2);

export class MarkedSocket {
  readonly #handle: Handle;
  readonly #before: { trafficClass: number; priority: number };

  /** Throws EBADF on a closed socket. */
  constructor(handle: Handle) {
    this.#handle = handle;
    this.#before = {
      trafficClass: this.#get(SocketOption.trafficClass),
      priority: this.#get(SocketOption.priority),
    };
  }

  mark({ dscp, priority }: Marks): void {
    // First the class: the kernel derives a priority from it.
    this.markDscp(dscp);
    this.#set(SocketOption.priority, priority);
  }

  markDscp(dscp: number): void {
    const priority = this.#get(SocketOption.priority);
    this.#set(SocketOption.trafficClass, dscp << ecnBits);
    this.#set(SocketOption.priority, priority);
  }

  /** `bitsPerSecond` of Infinity is no limit. */
  pace(bitsPerSecond: number): void {
    const bytes = bitsPerSecond === Number.POSITIVE_INFINITY ? noLimit : Math.floor(bitsPerSecond / 8) | 0;
    this.#set(SocketOption.mostBytesPerSecond, bytes);
  }

  priority(): Priority {
    return {
      dscp: this.#get(SocketOption.trafficClass) >> ecnBits,
      layer2: this.#get(SocketOption.priority),
    };
  }

  /** As it was found. */
  restore(): void {
    this.#set(SocketOption.trafficClass, this.#before.trafficClass);
    this.#set(SocketOption.priority, this.#before.priority);
    this.#set(SocketOption.mostBytesPerSecond, noLimit);
  }

  #set(option: number, value: number): void {
    const result = binding.socketSetOption(this.#open('setsockopt'), option, value);
    if (result < 0) throw systemError(result, 'setsockopt');
  }

  #get(option: number): number {
    const result = binding.socketGetOption(this.#open('getsockopt'), option);
    if (result < 0) throw systemError(result, 'getsockopt');
    return result;
  }

  #open(syscall: string): number {
    if (this.#handle.closing) throw this.#handle.closedError(syscall);
    return this.#handle.descriptor;
  }
}
