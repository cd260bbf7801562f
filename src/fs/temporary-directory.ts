// A directory that is removed, with all that is in it, when its holder is done with it.

import { resolve } from 'node:path';
import type { OperationOptions } from '../runtime/operation.ts';
import type { PathLike } from '../runtime/paths.ts';
import { mkdtemp } from './path-entries.ts';
import type { NameOptions } from './path-status.ts';
import { rm } from './remove.ts';

/** What mkdtempDisposable gives. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
  /** Removes the directory and all that is in it; harmless when it is gone. */
  remove(options?: OperationOptions): Promise<void>;
}

/**
 * Makes a directory whose name is `prefix` and six random characters, to be removed by `remove()` or at the end
 * of an `await using` scope.
 *
 * @example
 * await using directory = await mkdtempDisposable(join(tmpdir(), 'import-'));
 */
export function mkdtempDisposable(
  prefix: PathLike,
  options?: (NameOptions & { encoding?: BufferEncoding | null | undefined }) | BufferEncoding | null,
): Promise<TemporaryDirectory> {
  return mkdtemp(prefix, options).then(disposable);
}

function disposable(path: string): TemporaryDirectory {
  // The process may be in another directory by the time it is removed.
  const place = resolve(path);
  const remove = (options?: OperationOptions): Promise<void> => rm(place, { ...options, recursive: true, force: true });
  return { path, remove, [Symbol.asyncDispose]: () => remove() };
}
