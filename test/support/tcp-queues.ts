// What waits in the system's queues of TCP connections over IPv4.

import { outside } from './outside.ts';

/** Waits until bytes have arrived that this end has not read. */
export function untilArrived(end: { localPort?: number | undefined; remotePort?: number | undefined }): Promise<void> {
  return outside.untilArrived(end);
}

/** Waits until so many connections to the server are complete and not accepted. */
export function untilUntaken(port: number, count: number): Promise<void> {
  return outside.untilUntaken(port, count);
}
