// What opendir gives: the entries of a directory, one after the other.

import type { Dirent } from './directory-entry.ts';

/** The entries of a directory as they were when it was opened. */
export class Directory<Name extends string | Buffer = string> {
  /** The path it was opened with. */
  readonly path: string;
  readonly #entries: Dirent<Name>[];
  #next = 0;
  #closed = false;

  constructor(path: string, entries: Dirent<Name>[]) {
    this.path = path;
    this.#entries = entries;
  }

  /** The next entry, null behind the last. Rejects with ERR_DIR_CLOSED after close(). */
  async read(): Promise<Dirent<Name> | null> {
    if (this.#closed) throw closedError();
    return this.#entries[this.#next++] ?? null;
  }

  /** Lets go of the entries. Rejects with ERR_DIR_CLOSED the second time, as in Node. */
  async close(): Promise<void> {
    if (this.#closed) throw closedError();
    this.#end();
  }

  #end(): void {
    this.#closed = true;
    this.#entries.length = 0;
  }

  /** The rest of the entries; ends closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Dirent<Name>, void, void> {
    try {
      for (let entry = await this.read(); entry !== null; entry = await this.read()) yield entry;
    } finally {
      this.#end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) this.#end();
  }
}

function closedError(): Error {
  return Object.assign(new Error('Directory handle was closed'), { code: 'ERR_DIR_CLOSED' });
}
