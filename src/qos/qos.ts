// The flows of one user of the quality of service.

import { platform } from '../binding.ts';
import { datagramHandleOf, type UdpSocket } from '../dgram/socket.ts';
import { checkBoolean, invalidType, systemErrorByCode } from '../errors.ts';
import { type Socket, socketHandleOf } from '../net/socket.ts';
import type { Handle } from '../runtime/handle.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { refusal } from '../runtime/refusal.ts';
import { Flow } from './flow.ts';
import { FlowState } from './flow-state.ts';
import { type Marks, marksOf, type TrafficType } from './traffic.ts';

export interface FlowOptions extends OperationOptions {
  /** Default 'bestEffort'. */
  trafficType?: TrafficType | undefined;
  /** Whether the flow is to be watched for `notify()`. Default false. */
  adaptive?: boolean | undefined;
}

const known = knownOptions();
const knownForFlow = knownOptions('trafficType', 'adaptive');

/**
 * Opens the quality of service. On Linux it works by options of the sockets themselves; on Windows it is not made yet and rejects
 * with code 'ENOTSUP'.
 *
 * @example
 * await using qos = await open({ signal });
 */
export async function open(options: OperationOptions = {}): Promise<Qos> {
  checkOptions(options, known);
  const refused = refusal(options);
  if (refused !== null) return refused;
  if (platform !== 'linux') throw systemErrorByCode('ENOTSUP', 'open');
  return new Qos();
}

/**
 * Flows, from `open()`.
 */
export class Qos implements AsyncDisposable {
  readonly #flows = new Set<FlowState>();
  #closed = false;

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Makes what a socket sends a flow. A socket has one flow at a time; it must stay open, and closing it removes the flow.
   *
   * @param socket of `rescind/net` (TCP) or `rescind/dgram`
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE at once; an `Error` with code 'ENOTSUP' for Unix sockets, 'EEXIST' when
   *   it has a flow, 'EBADF' when it or this is closed
   * @example
   * await using flow = await qos.addFlow(socket, { trafficType: 'voice', adaptive: true });
   */
  addFlow(socket: Socket | UdpSocket, options: FlowOptions = {}): Promise<Flow> {
    const stream = socketHandleOf(socket);
    const handle: Handle | undefined = stream ?? datagramHandleOf(socket);
    if (handle === undefined) throw invalidType('socket', 'an instance of Socket or UdpSocket', socket);
    checkOptions(options, knownForFlow);
    const marks = marksOf(options.trafficType ?? 'bestEffort', 'options.trafficType');
    if (options.adaptive !== undefined) checkBoolean(options.adaptive, 'options.adaptive');
    return this.#add(handle, stream === undefined || stream.isTcp, marks, options);
  }

  async #add(handle: Handle, isInternet: boolean, marks: Marks, options: FlowOptions): Promise<Flow> {
    const refused = refusal(options);
    if (refused !== null) return refused;
    this.#assertOpen('addFlow');
    if (!isInternet) throw systemErrorByCode('ENOTSUP', 'addFlow');
    if (taken.has(handle)) throw systemErrorByCode('EEXIST', 'addFlow');
    const state = new FlowState(handle, options.adaptive === true, (removed) => {
      this.#flows.delete(removed);
      taken.delete(handle);
    });
    taken.add(handle);
    this.#flows.add(state);
    try {
      state.socket.mark(marks);
    } catch (error) {
      state.remove();
      throw error;
    }
    return new Flow(state);
  }

  /** Flows of other programs as well: Linux keeps no list of them, and this rejects with code 'ENOTSUP'. */
  async enumerate(options: OperationOptions = {}): Promise<never> {
    return this.#unsupported('enumerate', options);
  }

  /** Begins to measure the way to an address before there is a socket: ENOTSUP on Linux. */
  async startTracking(_address: string, options: OperationOptions = {}): Promise<never> {
    return this.#unsupported('startTracking', options);
  }

  /** ENOTSUP on Linux. */
  async stopTracking(_address: string, options: OperationOptions = {}): Promise<never> {
    return this.#unsupported('stopTracking', options);
  }

  async #unsupported(syscall: string, options: OperationOptions): Promise<never> {
    checkOptions(options, known);
    const refused = refusal(options);
    if (refused !== null) return refused;
    this.#assertOpen(syscall);
    throw systemErrorByCode('ENOTSUP', syscall);
  }

  #assertOpen(syscall: string): void {
    if (this.#closed) throw systemErrorByCode('EBADF', syscall);
  }

  /** Removes every flow; what waits on one is rejected with code 'ECANCELED'. Calling it again does nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const flow of [...this.#flows]) flow.remove();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

// Of all Qos: the marks are the socket's.
const taken = new WeakSet<Handle>();
