// The work behind one watch(): reads events from the kernel, keeps the watched directories up to date, and
// hands out what changed.

import { binding } from '../binding.ts';
import { errnoOf } from '../errors.ts';
import type { Handle } from '../runtime/handle.ts';
import { addressOf } from '../runtime/memory.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { Operation } from '../wire/operations.ts';
import { eventsOf, type WatchEvent, WatchMask } from './watch-events.ts';
import type { WatchTree } from './watch-tree.ts';

const readEvents = defineKind<number, Buffer>({
  name: 'fileRead',
  operation: Operation.fileRead,
  syscall: 'watch',
  memory: 'runtime',
  complete: (bytes) => bytes,
  // A lane that does not wait by itself says that there is nothing yet.
  recover: (errno) => (errno === errnoOf('EAGAIN') ? 0 : undefined),
  memoryOf: (memory) => memory,
});

const waitReadable = defineKind<void, undefined>({
  name: 'readable',
  operation: Operation.readable,
  syscall: 'watch',
  memory: 'none',
  complete: () => undefined,
});

// Room for some 60 events with the longest names; more wait in the kernel.
const eventBytes = 16 * 1024;
const currentPosition = -1;

/** What a watch tells its holder. */
export interface WatchReports {
  /** @param path below the root, in latin1; '' for the root itself */
  changed(eventType: 'rename' | 'change', path: string): void;
  /** The kernel dropped events: it keeps a bounded number until they are read. */
  overflowed(): void;
}

export class WatchLoop {
  readonly #handle: Handle;
  readonly #tree: WatchTree;
  readonly #reports: WatchReports;
  readonly #recursive: boolean;
  readonly #options: () => OperationOptions | undefined;
  readonly #memory = Buffer.allocUnsafeSlow(eventBytes);

  constructor(
    handle: Handle,
    tree: WatchTree,
    reports: WatchReports,
    depth: 'recursive' | 'flat',
    options: () => OperationOptions | undefined,
  ) {
    this.#handle = handle;
    this.#tree = tree;
    this.#reports = reports;
    this.#recursive = depth === 'recursive';
    this.#options = options;
  }

  /** Begins to watch. */
  async start(): Promise<void> {
    await this.#tree.addRoot();
    // What is there already is no change.
    if (this.#recursive) await this.#tree.grow('', () => {}, 'again');
  }

  /** Returns when what is watched is gone, fails when the watch does. */
  async run(): Promise<void> {
    for (;;) {
      const bytes = await this.#read();
      for (const event of eventsOf(this.#memory, bytes)) {
        if ((await this.#take(event)) === 'gone') return;
      }
    }
  }

  async #read(): Promise<number> {
    const { runtime, descriptor } = this.#handle;
    const memory = this.#memory;
    const options = this.#options();
    const at = addressOf(memory);
    const bytes = await runtime.start(
      readEvents,
      memory,
      this.#handle,
      options,
      descriptor,
      eventBytes,
      at,
      currentPosition,
    );
    if (bytes === 0) await runtime.start(waitReadable, undefined, this.#handle, this.#options(), descriptor);
    return bytes;
  }

  async #take({ watch, mask, name }: WatchEvent): Promise<'gone' | 'goes on'> {
    if ((mask & WatchMask.queueOverflow) !== 0) {
      this.#reports.overflowed();
      // Directories may have been made among what was dropped.
      if (this.#recursive) await this.#tree.grow('', this.#found, 'again');
      return 'goes on';
    }
    const directory = this.#tree.pathOf(watch);
    if (directory === undefined) return 'goes on';
    if ((mask & WatchMask.ignored) !== 0) {
      this.#tree.forget(watch);
      return directory === '' ? 'gone' : 'goes on';
    }
    // What happens to a directory below the root itself, its parent's watch tells with its name.
    if (name === '' && directory !== '') return 'goes on';
    const path = directory === '' ? name : `${directory}/${name}`;
    const isContent = (mask & (WatchMask.attributes | WatchMask.modify)) !== 0;
    this.#reports.changed(isContent ? 'change' : 'rename', path);
    if (this.#recursive && (mask & WatchMask.isDirectory) !== 0 && name !== '') await this.#follow(mask, path);
    return 'goes on';
  }

  // A directory came, or went.
  async #follow(mask: number, path: string): Promise<void> {
    if ((mask & (WatchMask.movedFrom | WatchMask.delete)) !== 0) {
      for (const watch of this.#tree.prune(path)) {
        // A failure says that the kernel has ended the watch already.
        binding.watchRemove(this.#handle.descriptor, watch);
      }
    }
    if ((mask & (WatchMask.create | WatchMask.movedTo)) !== 0) await this.#tree.grow(path, this.#found);
  }

  readonly #found = (path: string): void => this.#reports.changed('rename', path);
}
