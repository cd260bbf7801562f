// Named pipes of Linux (FIFOs), driven with plain system calls.

import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

let made = 0;

/** Makes a FIFO in `directory` and returns its path. */
export function fifo(directory: string): string {
  const path = join(directory, `fifo-${process.pid}-${made++}`);
  execFileSync('mkfifo', [path]);
  return path;
}

/** A FIFO with both ends open: `descriptor` blocks, as an operation of ours needs it; the peer end never does. */
export class FifoPipe {
  readonly path: string;
  readonly descriptor: number;
  readonly #peer: number;

  constructor(directory: string, ours: 'opened' | 'later' = 'opened') {
    this.path = fifo(directory);
    this.descriptor = ours === 'opened' ? openSync(this.path, constants.O_RDWR) : -1;
    this.#peer = openSync(this.path, constants.O_RDWR | constants.O_NONBLOCK);
  }

  write(bytes: Uint8Array): number {
    return whenBlocked(0, () => writeSync(this.#peer, bytes));
  }

  fill(): number {
    const bytes = Buffer.alloc(4096, 0xf1);
    let total = 0;
    for (let wrote = -1; wrote !== 0; total += wrote) wrote = this.write(bytes);
    return total;
  }

  drain(): Buffer {
    const parts: Buffer[] = [];
    for (;;) {
      const part = Buffer.allocUnsafe(65536);
      const got = whenBlocked(0, () => readSync(this.#peer, part));
      if (got === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, got));
    }
  }

  closePeer(): void {
    closeSync(this.#peer);
  }
}

function whenBlocked(instead: number, call: () => number): number {
  try {
    return call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return instead;
    throw error;
  }
}
