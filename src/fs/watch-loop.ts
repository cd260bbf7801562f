// Watching on Linux: reads events from inotify, keeps the watched directories up to date, and hands out what changed.

import { basename } from 'node:path/posix';
import { binding } from '../binding.ts';
import { errnoOf, systemError } from '../errors.ts';
import { Handle } from '../runtime/handle.ts';
import { addressOf } from '../runtime/memory.ts';
import { defineKind } from '../runtime/operation.ts';
import { pathText } from '../runtime/paths.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';
import { eventsOf, type WatchEvent, WatchMask } from './watch-events.ts';
import { WatchTree } from './watch-tree.ts';
import type { Watching, WatchTask } from './watch-work.ts';

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

/** Begins to watch. */
export async function watchTree(task: WatchTask): Promise<Watching> {
  const shown = pathText(task.path);
  const descriptor = binding.watchOpen();
  if (descriptor < 0) throw systemError(descriptor, 'watch', { path: shown });
  const handle = new Handle(runtime, descriptor);
  task.opened(handle);
  const tree = new WatchTree(handle, absolute(task.path), shown, task.options);
  const loop = new WatchLoop(handle, tree, task);
  await loop.start();
  return loop;
}

// The working directory may change while directories come that are watched then.
function absolute(path: string | Uint8Array): Buffer {
  const bytes = Buffer.from(path as string);
  const slash = 47;
  if (bytes.length === 0 || bytes[0] === slash) return bytes;
  return Buffer.concat([Buffer.from(`${process.cwd()}/`), bytes]);
}

class WatchLoop implements Watching {
  readonly #handle: Handle;
  readonly #tree: WatchTree;
  readonly #task: WatchTask;
  readonly #recursive: boolean;
  /** What changes of what is watched itself are called. */
  readonly #self: Buffer;
  readonly #memory = Buffer.allocUnsafeSlow(eventBytes);

  constructor(handle: Handle, tree: WatchTree, task: WatchTask) {
    this.#handle = handle;
    this.#tree = tree;
    this.#task = task;
    this.#recursive = task.depth === 'recursive';
    this.#self = Buffer.from(basename(Buffer.from(task.path as string).toString('latin1')), 'latin1');
  }

  /** Begins to watch. */
  async start(): Promise<void> {
    await this.#tree.addRoot();
    // What is there already is no change.
    if (this.#recursive) await this.#tree.grow('', () => {}, 'again');
  }

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
    const options = this.#task.options();
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
    if (bytes === 0) await runtime.start(waitReadable, undefined, this.#handle, this.#task.options(), descriptor);
    return bytes;
  }

  async #take({ watch, mask, name }: WatchEvent): Promise<'gone' | 'goes on'> {
    if ((mask & WatchMask.queueOverflow) !== 0) {
      this.#task.reports.overflowed();
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
    this.#changed(isContent ? 'change' : 'rename', path);
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

  readonly #found = (path: string): void => this.#changed('rename', path);

  // The path is latin1 text, '' for what is watched itself.
  #changed(eventType: 'rename' | 'change', path: string): void {
    this.#task.reports.changed(eventType, path === '' ? this.#self : Buffer.from(path, 'latin1'));
  }
}
