// What waits in the kernel's queues of TCP connections over IPv4, as /proc tells it.

import { readFileSync } from 'node:fs';
import { until } from './deadline.ts';

const listening = '0A';

/** Bytes nobody has read, or of a listening socket the connections nobody has accepted. */
function waiting(localPort: number, remotePort: number | null): number {
  for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1)) {
    const [, local = '', remote = '', state, queues = ''] = line.trim().split(/\s+/);
    const portOf = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);
    const found = remotePort === null ? state === listening : portOf(remote) === remotePort;
    if (found && portOf(local) === localPort) return Number.parseInt(queues.split(':')[1] ?? '', 16);
  }
  return 0;
}

/** Waits until bytes have arrived that this end has not read. */
export function untilArrived(end: { localPort?: number | undefined; remotePort?: number | undefined }): Promise<void> {
  const { localPort = 0, remotePort = 0 } = end;
  return until(() => waiting(localPort, remotePort) > 0, `bytes on the way to port ${localPort}`);
}

/** Waits until so many connections to the server are complete and not accepted. */
export function untilUntaken(port: number, count: number): Promise<void> {
  return until(() => waiting(port, null) >= count, `${count} connections in the queue of port ${port}`);
}
