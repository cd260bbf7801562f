// Changes of a file or a directory, as they happen.

import { watchesDirectories } from '../binding.ts';
import { checkBoolean, checkInteger, closedWhilePending, invalidValue } from '../errors.ts';
import { Handle } from '../runtime/handle.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { knownOptions } from '../runtime/options.ts';
import { nameIn, type PathLike, pathBytes, pathText } from '../runtime/paths.ts';
import { runtime } from '../runtime/runtime.ts';
import { Cause } from '../runtime/slot.ts';
import { Steps } from '../runtime/steps.ts';
import { encodingOf, type NameEncoding, optionsWithEncoding } from './encoding.ts';
import { watchDirectory } from './watch-directory.ts';
import { watchTree } from './watch-loop.ts';
import { ChangeQueue, OverflowPolicy } from './watch-queue.ts';
import type { Watching, WatchReports } from './watch-work.ts';

/** One change. */
export interface FileChange<Name extends string | Buffer = string> {
  /** 'rename' when a name came, went or was moved, 'change' for contents and attributes. */
  eventType: 'rename' | 'change';
  /** Its path from what is watched on; the last name of that itself when the change is about it. */
  filename: Name;
}

export interface WatchOptions<Encoding extends NameEncoding = NameEncoding>
  extends Pick<OperationOptions, 'signal' | 'timeoutMs' | 'detachAfterMs'> {
  /** Whether watching keeps the process alive. Default true. */
  persistent?: boolean | undefined;
  /** Watches the directories below as well, and those that come. Symbolic links are not followed. Default false. */
  recursive?: boolean | undefined;
  /** Of the names; 'buffer' for their bytes. Default 'utf8'. */
  encoding?: Encoding | undefined;
  /** Changes kept until they are asked for, at least 1. Default 2048. */
  maxQueue?: number | undefined;
  /**
   * When more change than is kept (by `maxQueue`, or by the kernel): 'ignore' drops changes with a warning,
   * 'throw' ends with ERR_FS_WATCH_QUEUE_OVERFLOW behind those that are kept. Default 'ignore'.
   */
  overflow?: 'ignore' | 'throw' | undefined;
}

const known = knownOptions('persistent', 'recursive', 'encoding', 'maxQueue', 'overflow');
const defaultMaxQueue = 2048;

/**
 * Watches a file or a directory, from the call on (`ready` says when). Iterate over it; leaving the loop, the
 * signal and the end of what is watched end the watch. An entry made while its directory begins to be watched
 * may be reported twice, never not at all; directories that may not be read are left out. What is moved away
 * stays watched, but directories that come below it then do not join.
 *
 * On Windows, as in Node, a file is watched by its name in its directory: the watch goes on when it is removed, for the
 * one that takes its place. Names below a directory are written with `\\`. What the system had no room for is lost as a
 * whole (64 KiB of names, until they are read): see `overflow`.
 *
 * The first `next()` rejects with ENOENT, EACCES, ENOSPC (the system watches no more) as the system says.
 *
 * @param options or just the encoding of the names
 * @example
 * for await (const { eventType, filename } of watch('src', { recursive: true, signal })) console.log(eventType, filename);
 */
export function watch(path: PathLike, options?: WatchOptions<BufferEncoding> | BufferEncoding): FileWatcher<string>;
export function watch(path: PathLike, options: WatchOptions<'buffer'> | 'buffer'): FileWatcher<Buffer>;
export function watch(path: PathLike, options?: WatchOptions | NameEncoding): FileWatcher<string | Buffer>;
export function watch(path: PathLike, options?: WatchOptions | NameEncoding): FileWatcher<string | Buffer> {
  const checked = pathBytes(path);
  const given = optionsWithEncoding<WatchOptions>(options, known) ?? {};
  for (const name of ['persistent', 'recursive'] as const) {
    if (given[name] !== undefined) checkBoolean(given[name], `options.${name}`);
  }
  if (given.maxQueue !== undefined) checkInteger(given.maxQueue, 'options.maxQueue', 1);
  if (given.overflow !== undefined && given.overflow !== 'ignore' && given.overflow !== 'throw') {
    throw invalidValue('options.overflow', "must be one of: 'ignore', 'throw'", given.overflow);
  }
  return new FileWatcher(checked, given);
}

/** The changes of what is watched. */
export class FileWatcher<Name extends string | Buffer = string>
  implements AsyncIterableIterator<FileChange<Name>, undefined>, AsyncDisposable
{
  /** Resolves when every change from here on is seen. Rejects with what `next()` then rejects with. */
  readonly ready: Promise<void>;
  readonly #path: string | Uint8Array;
  readonly #encoding: BufferEncoding | null;
  readonly #queue: ChangeQueue<FileChange<Name>>;
  readonly #overflow: OverflowPolicy;
  readonly #signal: AbortSignal | undefined;
  readonly #opening = new Handle(runtime, -1);
  readonly #finished: Promise<void>;
  #handle: Handle | null = null;
  #returned = false;

  /** @internal */
  constructor(path: string | Uint8Array, options: WatchOptions) {
    const { encoding, maxQueue = defaultMaxQueue, overflow = 'ignore', signal } = options;
    this.#path = path;
    this.#encoding = encodingOf(encoding, 'utf8');
    this.#queue = new ChangeQueue(maxQueue);
    this.#overflow = new OverflowPolicy(overflow, pathText(path));
    this.#signal = signal;
    const steps = new Steps(options);
    const started = steps.run(() => this.#start(options, steps));
    this.ready = started.then(() => {});
    // Whoever iterates is told.
    this.ready.catch(() => {});
    this.#finished = this.#run(started, steps);
  }

  async #start({ persistent, recursive }: WatchOptions, steps: Steps): Promise<Watching> {
    const options = (): OperationOptions | undefined => {
      if (this.#returned) throw closedWhilePending('watch');
      return steps.next();
    };
    // Nothing is opened for a signal that has aborted.
    options();
    // An open runtime closes the descriptor when the environment ends before anybody else does.
    runtime.open();
    if (persistent === false) this.#opening.unref();
    const begin = watchesDirectories ? watchDirectory : watchTree;
    return begin({
      path: this.#path,
      depth: recursive === true ? 'recursive' : 'flat',
      reports: this.#reports(),
      options,
      opening: this.#opening,
      opened: (handle) => {
        this.#handle = handle;
        if (persistent === false) handle.unref();
      },
    });
  }

  async #run(started: Promise<Watching>, steps: Steps): Promise<void> {
    let failure: { error: unknown } | undefined;
    try {
      await steps.run(async () => (await started).run());
    } catch (error) {
      failure = { error };
      // What was taken back, or took too long, delivers no more.
      if (this.#returned || this.#signal?.aborted || isTimeout(error)) this.#queue.clear();
    }
    await this.#close();
    this.#queue.end(this.#returned ? undefined : failure);
  }

  async #close(): Promise<void> {
    try {
      await this.#handle?.close();
    } catch {
      // The descriptor is gone whatever the system answers, and nobody asked about it.
    }
  }

  #reports(): WatchReports {
    return {
      changed: (eventType, name) => {
        const filename = nameIn(name, this.#encoding) as Name;
        if (!this.#queue.push({ eventType, filename })) this.#overflow.note();
      },
      overflowed: () => this.#overflow.note(),
    };
  }

  next(): Promise<IteratorResult<FileChange<Name>, undefined>> {
    // An abort is an answer only when the descriptor is closed.
    if (this.#signal?.aborted) return this.#finished.then(() => this.#queue.next());
    return this.#queue.next();
  }

  /** Ends the watch; resolves when its descriptor is closed. */
  async return(): Promise<IteratorResult<FileChange<Name>, undefined>> {
    this.#returned = true;
    this.#queue.clear();
    runtime.cancelAll(this.#opening, Cause.close);
    await this.#close();
    await this.#finished;
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
