// What the two ways to watch, by inotify and by directory, have in common.

import type { Handle } from '../runtime/handle.ts';
import type { OperationOptions } from '../runtime/operation.ts';

/** What a watch tells its holder. */
export interface WatchReports {
  /** @param name from what is watched on: text, or bytes where names are bytes */
  changed(eventType: 'rename' | 'change', name: string | Buffer): void;
  /** The kernel dropped changes: it keeps a bounded number until they are read. */
  overflowed(): void;
}

/** What is to be watched, and for whom. */
export interface WatchTask {
  readonly path: string | Uint8Array;
  readonly depth: 'recursive' | 'flat';
  readonly reports: WatchReports;
  /** Of the next operation; throws when the watch has ended. */
  options(): OperationOptions | undefined;
  /** Owns what comes before there is a descriptor; it has none. */
  readonly opening: Handle;
  /** Told of the handle, as soon as there is one: closing it ends the watch. */
  opened(handle: Handle): void;
}

/** A watch that has begun. */
export interface Watching {
  /** Returns when what is watched is gone, fails when the watch does. */
  run(): Promise<void>;
}
