// What tests do and see from outside of the runtime, with plain calls of the system: the module of the platform is
// chosen here, once.

import { platform } from '../../src/binding.ts';
import * as linux from './linux/outside.ts';
import * as windows from './windows/outside.ts';

/** Calls on bare descriptors, of files, pipes and sockets. */
export interface Outside {
  /** Every open descriptor and what it stands for. */
  openDescriptors(): Map<number, string>;
  /** How many handles of the system the process has, of any kind; on Linux these are the descriptors. */
  handleCount(): number;
  isOpen(descriptor: number): boolean;
  /** Opens a file that is there, for reading and writing. */
  openFile(path: string): Promise<number>;
  /** Closes at once. */
  close(descriptor: number): void;
  /** Reads what there is and waits until there is something; 0 at the end. */
  read(descriptor: number, into: Uint8Array): number;
  /** Writes all of it, and waits until there is room. */
  write(descriptor: number, bytes: Uint8Array): number;
  /** Receives without waiting; -1 when nothing is there. */
  receiveNow(socket: number, into: Uint8Array): Promise<number>;
  /** Sends without waiting; -1 when there is no room. */
  sendNow(socket: number, bytes: Uint8Array): Promise<number>;
  /** Has what is never written of a file take no room, as files of Linux do of themselves. */
  allowHoles(file: number): void;
  /**
   * Has a listening socket complete a connection only when it is accepted, so that connecting waits; false where the
   * system does not do that. Windows refuses connections that find the backlog full.
   */
  acceptsLater(socket: number): boolean;
  /** Waits until bytes have arrived at this end of a connection over IPv4. */
  untilArrived(end: { localPort?: number | undefined; remotePort?: number | undefined }): Promise<void>;
  /** Waits until so many connections to the listener are complete and not accepted. */
  untilUntaken(port: number, count: number): Promise<void>;
}

export const outside: Outside = platform === 'win32' ? windows : linux;
