// rm, also of a directory with all that is in it.

import { checkInteger } from '../errors.ts';
import { delay } from '../runtime/delay.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes, pathText } from '../runtime/paths.ts';
import { forEachBounded, Steps } from '../runtime/steps.ts';
import { codeOf, describedError } from './described-error.ts';
import { EntryType, pathBelow } from './directory-entry.ts';
import { booleanOption } from './last-options.ts';
import { rmdir, unlink } from './path-entries.ts';
import type { PathBytes } from './path-kinds.ts';
import { lstat } from './path-status.ts';
import { listDirectory } from './read-directory.ts';

/** Options of rm. */
export interface RemoveOptions extends OperationOptions {
  /** Accept that there is nothing at the path. Default false. */
  force?: boolean | undefined;
  /** Remove a directory with all that is in it. Default false. */
  recursive?: boolean | undefined;
  /** How often EBUSY, EMFILE, ENFILE, ENOTEMPTY and EPERM are met with another attempt. Default 0. */
  maxRetries?: number | undefined;
  /** Milliseconds before the first of these attempts; each further one waits as much longer. Default 100. */
  retryDelay?: number | undefined;
}

const known = knownOptions('force', 'recursive', 'maxRetries', 'retryDelay');

/**
 * Removes a file or, with `recursive`, a directory and all that is in it; symbolic links are removed, not
 * followed. It is many operations: after an abort a part may be gone.
 *
 * @throws ERR_FS_EISDIR (rejects) for a directory without `recursive`
 * @example
 * await rm('build', { recursive: true, force: true, signal });
 */
export function rm(path: PathLike, options?: RemoveOptions): Promise<void>;
export function rm(path: unknown, options?: unknown): Promise<void> {
  const bytes = pathBytes(path);
  if (options !== undefined) checkOptions(options, known);
  const given = (options ?? {}) as RemoveOptions;
  const { maxRetries = 0, retryDelay = 100 } = given;
  const force = booleanOption(given.force, 'force');
  const recursive = booleanOption(given.recursive, 'recursive');
  checkInteger(maxRetries, 'options.maxRetries', 0, 2 ** 32 - 1);
  checkInteger(retryDelay, 'options.retryDelay', 0, 2 ** 31 - 1);
  const steps = new Steps(given);
  const removal = new Removal(steps, maxRetries, retryDelay);
  return steps.run(() => removeTop(bytes, force, recursive, removal, steps));
}

async function removeTop(
  path: PathBytes,
  force: boolean,
  recursive: boolean,
  removal: Removal,
  steps: Steps,
): Promise<void> {
  let isDirectory: boolean;
  try {
    isDirectory = (await lstat(path, steps.next())).isDirectory();
  } catch (error) {
    if (force && codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (!isDirectory) return removal.file(path);
  if (recursive) return removal.directory(path);
  throw describedError('ERR_FS_EISDIR', {
    what: 'Path is a directory',
    syscall: 'rm',
    word: 'EISDIR',
    why: 'is a directory',
    path: pathText(path),
  });
}

const worthAnotherAttempt = new Set(['EBUSY', 'EMFILE', 'ENFILE', 'ENOTEMPTY', 'EPERM']);

// Files of one directory removed at a time.
const abreast = 32;

class Removal {
  readonly #steps: Steps;
  readonly #maxRetries: number;
  readonly #retryDelay: number;

  constructor(steps: Steps, maxRetries: number, retryDelay: number) {
    this.#steps = steps;
    this.#maxRetries = maxRetries;
    this.#retryDelay = retryDelay;
  }

  /** Something that was there and is gone by now was removed by somebody else, which is as good. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const code = codeOf(error);
        if (code === 'ENOENT') return;
        if (attempt > this.#maxRetries || code === undefined || !worthAnotherAttempt.has(code)) throw error;
      }
      await delay(attempt * this.#retryDelay, this.#steps.next());
    }
  }

  file(path: PathBytes): Promise<void> {
    return this.#attempt(() => unlink(path, this.#steps.next()));
  }

  directory(path: PathBytes): Promise<void> {
    return this.#attempt(async () => {
      await this.#empty(path);
      await rmdir(path, this.#steps.next());
    });
  }

  async #empty(path: PathBytes): Promise<void> {
    let listing: Awaited<ReturnType<typeof listDirectory>>;
    try {
      listing = await listDirectory(path, this.#steps.next());
    } catch (error) {
      if (codeOf(error) !== 'EACCES') throw error;
      // A directory that may not be read can still be removed if it is empty.
      await rmdir(path, this.#steps.next()).catch(() => {
        throw error;
      });
      return;
    }
    const directories: PathBytes[] = [];
    await forEachBounded([...listing.names.keys()], abreast, async (index) => {
      const below = pathBelow(path, listing.names[index] as Buffer);
      const type = listing.types[index];
      const isDirectory = type === EntryType.unknown ? await this.#isDirectory(below) : type === EntryType.directory;
      if (isDirectory) directories.push(below);
      else await this.file(below);
    });
    for (const directory of directories) await this.directory(directory);
  }

  async #isDirectory(path: PathBytes): Promise<boolean> {
    try {
      return (await lstat(path, this.#steps.next())).isDirectory();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }
}
