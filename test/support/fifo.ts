// Pipes one end of which is driven with plain system calls: FIFOs on Linux, named pipes on Windows.

import { platform } from '../../src/binding.ts';
import { FifoPipe } from './linux/pipe.ts';
import { NamedPipe } from './windows/pipe.ts';

export { fifo } from './linux/pipe.ts';

/** A pipe with both ends open. */
export interface Pipe {
  /** Where `descriptor` was opened. */
  readonly path: string;
  /** Our end, for reading and writing. Operations on it wait; the peer's calls never do. The caller closes it. */
  readonly descriptor: number;
  /** Writes at the peer's end; returns how many bytes had room. */
  write(bytes: Uint8Array): number;
  /** Has our end write until nothing fits any more; returns how many bytes that took. */
  fill(ours?: number): number;
  /** Everything that can be read at once, and that nobody reads from then on. */
  drain(ours?: number): Buffer;
  /** Closes the peer's end. */
  closePeer(): void;
}

/** With 'later', our end is still to be opened, at `path`; it is then to be named to `fill` and `drain`. */
export const Pipe: new (directory: string, ours?: 'opened' | 'later') => Pipe =
  platform === 'win32' ? NamedPipe : FifoPipe;
