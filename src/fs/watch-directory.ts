// Watching on Windows: a directory tells what changes in it and, if asked, below it. A file is watched by way of the
// directory it is in.

import { basename, dirname, resolve } from 'node:path';
import { closeOrphan, Handle } from '../runtime/handle.ts';
import { addressOf } from '../runtime/memory.ts';
import { defineKind, type OperationKind } from '../runtime/operation.ts';
import { pathBytes, pathText } from '../runtime/paths.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';
import { codeOf } from './described-error.ts';
import { stat } from './path-status.ts';
import { BigIntStats, Stats } from './stats.ts';
import { eventTypeOf, recordsOf } from './watch-records.ts';
import type { Watching, WatchTask } from './watch-work.ts';

const fields = (path: string): { path: string } => ({ path });

const isDirectory = defineKind<boolean, string>({
  name: 'pathStatus',
  operation: Operation.pathStatus,
  syscall: 'watch',
  memory: 'none',
  complete: (_result, _path, payload) => new Stats(payload).isDirectory(),
  fields,
});

const openDirectory = defineKind<number, string>({
  name: 'directoryWatchOpen',
  operation: Operation.directoryWatchOpen,
  syscall: 'watch',
  memory: 'none',
  complete: (descriptor) => descriptor,
  orphan: (descriptor) => closeOrphan(runtime, descriptor),
  fields,
});

const readRecords = defineKind<number, Buffer>({
  name: 'directoryWatchRead',
  operation: Operation.directoryWatchRead,
  syscall: 'watch',
  memory: 'runtime',
  complete: (bytes) => bytes,
  memoryOf: (memory) => memory,
});

const submitted = defineKind<void, undefined>({
  name: 'noop',
  operation: Operation.noop,
  syscall: 'watch',
  memory: 'none',
  complete: () => undefined,
});

const ownStatus = defineKind<BigIntStats, undefined>({
  name: 'fileStatus',
  operation: Operation.fileStatus,
  syscall: 'watch',
  memory: 'none',
  complete: (_result, _resource, payload) => new BigIntStats(payload),
});

const followsLinks = 1;

// The system keeps as many bytes for us between two reads, and no more than these for a directory of another computer.
const recordBytes = 64 * 1024;

/** A directory to be watched. */
interface Place {
  directory: string;
  /** The entry that is watched; null for all. */
  entry: string | null;
  /** What changes of the place itself are called. */
  self: string;
}

/** Begins to watch. */
export async function watchDirectory(task: WatchTask): Promise<Watching> {
  const { place, descriptor } = await open(task);
  const handle = new Handle(runtime, descriptor);
  task.opened(handle);
  const watch = new DirectoryWatch(handle, place, task);
  await watch.start();
  return watch;
}

async function open(task: WatchTask): Promise<{ place: Place; descriptor: number }> {
  const given = pathText(task.path);
  // No path is not the working directory.
  const path = given === '' ? given : resolve(given);
  const start = <Value>(kind: OperationKind<Value, string>, at: string): Promise<Value> =>
    runtime.start(kind, path, task.opening, task.options(), -1, 0, 0, 0, followsLinks, 0, pathBytes(at));
  const self = basename(path);
  const place = (await start(isDirectory, path))
    ? { directory: path, entry: null, self }
    : { directory: dirname(path), entry: self, self };
  return { place, descriptor: await start(openDirectory, place.directory) };
}

class DirectoryWatch implements Watching {
  readonly #handle: Handle;
  readonly #place: Place;
  readonly #task: WatchTask;
  readonly #wanted: string | null;
  readonly #memory = Buffer.allocUnsafeSlow(recordBytes);
  #reading: Promise<number> | null = null;

  constructor(handle: Handle, place: Place, task: WatchTask) {
    this.#handle = handle;
    this.#place = place;
    this.#task = task;
    // Names are the same to Windows whatever the case of their letters.
    this.#wanted = place.entry?.toLowerCase() ?? null;
  }

  /** Returns when the system records what changes: it does from the first read on. */
  async start(): Promise<void> {
    this.#reading = this.#read();
    let failure: { error: unknown } | null = null;
    this.#reading.catch((error) => {
      failure = { error };
    });
    // Operations are submitted in order: when this one is answered, the read before it is with the system.
    await runtime.start(submitted, undefined, this.#handle, this.#task.options());
    if (failure !== null) throw (failure as { error: unknown }).error;
  }

  async run(): Promise<void> {
    const { reports } = this.#task;
    for (;;) {
      const bytes = await this.#nextBytes();
      if (bytes === null) {
        reports.changed('rename', this.#place.self);
        return;
      }
      if (bytes === 0) reports.overflowed();
      for (const { action, name } of recordsOf(this.#memory, bytes)) {
        if (this.#wanted === null) reports.changed(eventTypeOf(action), name);
        else if (name.toLowerCase() === this.#wanted) reports.changed(eventTypeOf(action), this.#place.self);
      }
    }
  }

  // Null when the directory is gone.
  async #nextBytes(): Promise<number | null> {
    try {
      const reading = this.#reading ?? this.#read();
      this.#reading = null;
      return await reading;
    } catch (error) {
      if (await this.#isGone(error)) return null;
      throw error;
    }
  }

  #read(): Promise<number> {
    const { runtime, descriptor } = this.#handle;
    const { depth, options } = this.#task;
    const memory = this.#memory;
    const recursive = depth === 'recursive' && this.#wanted === null ? 1 : 0;
    return runtime.start(
      readRecords,
      memory,
      this.#handle,
      options(),
      descriptor,
      memory.byteLength,
      addressOf(memory),
      0,
      recursive,
    );
  }

  // Of a directory that was removed, Windows says no more than that access is denied. What its path leads to tells.
  async #isGone(error: unknown): Promise<boolean> {
    const code = codeOf(error);
    if (code !== 'EPERM' && code !== 'EACCES') return false;
    const { runtime, descriptor } = this.#handle;
    const { options } = this.#task;
    try {
      const own = await runtime.start(ownStatus, undefined, this.#handle, options(), descriptor);
      const there = await stat(this.#place.directory, { ...options(), bigint: true });
      return own.ino !== there.ino || own.dev !== there.dev;
    } catch (failure) {
      if (codeOf(failure) === undefined || codeOf(failure) === 'ECANCELED') throw failure;
      return true;
    }
  }
}
