// Named pipes of Windows, driven with plain system calls. They have two ends, and bytes on their way in both
// directions.

import { outsideAddon } from './outside.ts';

/** What one direction holds before a write waits. */
export const bufferBytes = 65536;

let made = 0;

/** The name of a pipe nobody uses. */
export function pipeName(): string {
  return `\\\\.\\pipe\\rescind-test-${process.pid}-${made++}`;
}

/** The peer is the pipe's only instance, `descriptor` its client. */
export class NamedPipe {
  readonly path = pipeName();
  readonly descriptor: number;
  readonly #peer: number;

  constructor(_directory: string, ours: 'opened' | 'later' = 'opened') {
    this.#peer = outsideAddon().pipeListen(this.path, bufferBytes);
    this.descriptor = ours === 'opened' ? outsideAddon().pipeOpen(this.path) : -1;
  }

  write(bytes: Uint8Array): number {
    return Math.max(0, outsideAddon().write(this.#peer, bytes, false));
  }

  /** Reads at the peer's end what there is; returns how many bytes that was. */
  read(into: Uint8Array): number {
    return Math.max(0, outsideAddon().read(this.#peer, into, false));
  }

  fill(ours = this.descriptor): number {
    const bytes = Buffer.alloc(4096, 0xf1);
    let total = 0;
    for (;;) {
      const wrote = outsideAddon().write(ours, bytes, false);
      if (wrote <= 0) return total;
      total += wrote;
    }
  }

  drain(ours = this.descriptor): Buffer {
    return Buffer.concat([this.#peer, ours].flatMap(takeAll));
  }

  closePeer(): void {
    outsideAddon().close(this.#peer);
  }
}

function takeAll(handle: number): Buffer[] {
  const parts: Buffer[] = [];
  // Of a handle that is closed, or not known, there is nothing to take.
  while (handle >= 0 && outsideAddon().isOpen(handle)) {
    const part = Buffer.allocUnsafe(bufferBytes);
    const got = outsideAddon().read(handle, part, false);
    if (got <= 0) break;
    parts.push(part.subarray(0, got));
  }
  return parts;
}
