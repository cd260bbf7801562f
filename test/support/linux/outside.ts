// Calls on bare descriptors by node:fs, and what /proc tells.

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../deadline.ts';
import { perform } from '../operations.ts';

// Where tsx keeps what it has compiled; it cleans up there while the tests run.
const tsxCache = join(tmpdir(), 'tsx-');

export function openDescriptors(): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`);
      if (!target.startsWith(tsxCache)) found.set(Number(name), target);
    } catch {
      // The one readdir itself had open.
    }
  }
  return found;
}

export function handleCount(): number {
  return openDescriptors().size;
}

export function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}

export async function openFile(path: string): Promise<number> {
  return openSync(path, constants.O_RDWR);
}

export function close(descriptor: number): void {
  closeSync(descriptor);
}

export function read(descriptor: number, into: Uint8Array): number {
  return readSync(descriptor, into);
}

export function write(descriptor: number, bytes: Uint8Array): number {
  return writeSync(descriptor, bytes);
}

const dontWait = 0x40; // MSG_DONTWAIT
const noSignal = 0x4000; // MSG_NOSIGNAL

async function orNothing(promise: Promise<number>): Promise<number> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1;
    throw error;
  }
}

export function receiveNow(on: number, into: Uint8Array): Promise<number> {
  return orNothing(perform('socketReceive', { on, views: [into], argument0: dontWait }));
}

export function sendNow(on: number, bytes: Uint8Array): Promise<number> {
  return orNothing(perform('socketSend', { on, views: [bytes], argument0: dontWait | noSignal }));
}

export function allowHoles(_file: number): void {}

export function acceptsLater(_socket: number): boolean {
  return false;
}

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

export function untilArrived(end: { localPort?: number | undefined; remotePort?: number | undefined }): Promise<void> {
  const { localPort = 0, remotePort = 0 } = end;
  return until(() => waiting(localPort, remotePort) > 0, `bytes on the way to port ${localPort}`);
}

export function untilUntaken(port: number, count: number): Promise<void> {
  return until(() => waiting(port, null) >= count, `${count} connections in the queue of port ${port}`);
}
