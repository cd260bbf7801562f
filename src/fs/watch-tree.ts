// Which directories are watched, and where they are. Paths below the root are latin1 text, '' for the root
// itself: a character for each byte, so that a name that is no text survives.

import type { Handle } from '../runtime/handle.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { forEachBounded } from '../runtime/steps.ts';
import { Operation } from '../wire/operations.ts';
import { EntryType, type Listing, listingOf } from './directory-entry.ts';
import { WatchMask, watchedMask } from './watch-events.ts';

const watchAdd = defineKind<number, string>({
  name: 'watchAdd',
  operation: Operation.watchAdd,
  syscall: 'watch',
  memory: 'none',
  complete: (watch) => watch,
  fields: (path) => ({ path }),
});

const readDirectory = defineKind<Listing<string>, undefined>({
  name: 'pathReadDirectory',
  operation: Operation.pathReadDirectory,
  syscall: 'scandir',
  memory: 'none',
  complete: (_, __, payload) => listingOf(payload, 'latin1') as Listing<string>,
});

/** Reads of directories at a time: they run on threads, of which there are few. */
const readsAtATime = 4;
// A directory that was gone, became something else or may not be read before we came to it.
const passed = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM']);

export class WatchTree {
  readonly #handle: Handle;
  readonly #root: Buffer;
  readonly #rootText: string;
  readonly #options: () => OperationOptions | undefined;
  readonly #paths = new Map<number, string>();
  readonly #watches = new Map<string, number>();

  /**
   * @param root the path to watch, absolute
   * @param rootText the path as the caller gave it, for errors
   * @param options of the next operation
   */
  constructor(handle: Handle, root: Buffer, rootText: string, options: () => OperationOptions | undefined) {
    this.#handle = handle;
    this.#root = root;
    this.#rootText = rootText;
    this.#options = options;
  }

  /** Where a watch is, undefined for one that is no more. */
  pathOf(watch: number): string | undefined {
    return this.#paths.get(watch);
  }

  /** Watches the root itself; fails as the system says. */
  async addRoot(): Promise<void> {
    this.#note(await this.#add('', watchedMask), '');
  }

  /**
   * Watches the directory at `path` (the root must have been added) and those below it.
   *
   * @param found told of what is in directories that were not watched before: what was made in one before
   *   its watch began would be reported by nobody else
   * @param again goes on below directories that are watched already
   */
  async grow(path: string, found: (path: string) => void, again: 'again' | 'once' = 'once'): Promise<void> {
    for (let level = [path]; level.length > 0; ) {
      const below: string[] = [];
      await forEachBounded(level, readsAtATime, async (directory) => {
        const isNew = await this.#addDirectory(directory);
        if (isNew === undefined || (!isNew && again === 'once')) return;
        const { names, types } = await this.#list(directory);
        for (const [index, name] of names.entries()) {
          const entry = directory === '' ? name : `${directory}/${name}`;
          if (isNew) found(entry);
          const type = types[index];
          if (type === EntryType.directory || type === EntryType.unknown) below.push(entry);
        }
      });
      level = below;
    }
  }

  /** Ends the watches at and below `path`; returns them. */
  prune(path: string): number[] {
    const pruned: number[] = [];
    for (const [at, watch] of this.#watches) {
      if (at !== path && !at.startsWith(`${path}/`)) continue;
      this.forget(watch);
      pruned.push(watch);
    }
    return pruned;
  }

  /** Notes that the kernel has ended a watch. */
  forget(watch: number): void {
    const path = this.#paths.get(watch);
    if (path === undefined) return;
    this.#paths.delete(watch);
    if (this.#watches.get(path) === watch) this.#watches.delete(path);
  }

  #note(watch: number, path: string): void {
    this.forget(watch);
    this.#paths.set(watch, path);
    this.#watches.set(path, watch);
  }

  // Whether it is newly watched; undefined when it is no directory to watch.
  async #addDirectory(path: string): Promise<boolean | undefined> {
    if (path === '') return false;
    try {
      const mask = watchedMask | WatchMask.onlyDirectory | WatchMask.dontFollow;
      const watch = await this.#add(path, mask);
      if (this.#paths.get(watch) === path) return false;
      this.#note(watch, path);
      return true;
    } catch (error) {
      if (passed.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  }

  #add(path: string, mask: number): Promise<number> {
    const { runtime, descriptor } = this.#handle;
    const shown = path === '' ? this.#rootText : `${this.#rootText}/${Buffer.from(path, 'latin1').toString()}`;
    return runtime.start(
      watchAdd,
      shown,
      this.#handle,
      this.#options(),
      descriptor,
      0,
      0,
      0,
      mask,
      0,
      this.#bytes(path),
    );
  }

  async #list(path: string): Promise<Listing<string>> {
    const { runtime } = this.#handle;
    try {
      return await runtime.start(
        readDirectory,
        undefined,
        this.#handle,
        this.#options(),
        -1,
        0,
        0,
        0,
        0,
        0,
        this.#bytes(path),
      );
    } catch (error) {
      if (passed.has((error as NodeJS.ErrnoException).code ?? '')) return { names: [], types: [] };
      throw error;
    }
  }

  #bytes(path: string): Buffer {
    if (path === '') return this.#root;
    return Buffer.concat([this.#root, Buffer.from(`/${path}`, 'latin1')]);
  }
}
