// The work of cp, path by path.

import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { SystemError } from '../errors.ts';
import { pathBytes, pathText } from '../runtime/paths.ts';
import type { Steps } from '../runtime/steps.ts';
import { chmod, utimes } from './change-path.ts';
import type { CopyOptions } from './copy.ts';
import { codeOf, describedError } from './described-error.ts';
import { pathBelow } from './directory-entry.ts';
import { makeAll, mkdir } from './make-directory.ts';
import { symlink, unlink } from './path-entries.ts';
import type { PathBytes } from './path-kinds.ts';
import { lstat, readlink, stat } from './path-status.ts';
import { listDirectory } from './read-directory.ts';
import type { BigIntStats } from './stats.ts';

const everyMode = 0o7777;
const newDirectoryMode = 0o777;

export class Copier {
  readonly #steps: Steps;
  readonly #options: CopyOptions;
  readonly #copyFile: (from: PathBytes, to: PathBytes) => Promise<void>;

  constructor(steps: Steps, options: CopyOptions, copyFile: (from: PathBytes, to: PathBytes) => Promise<void>) {
    this.#steps = steps;
    this.#options = options;
    this.#copyFile = copyFile;
  }

  async copy(from: PathBytes, to: PathBytes): Promise<void> {
    const { source, destination } = await this.#statuses(from, to);
    await this.#checkAncestors(source, from, to);
    if (!(await this.#wanted(from, to))) return;
    await this.#makeParent(to);
    await this.#copyAny(from, to, source, destination);
  }

  async #statuses(from: PathBytes, to: PathBytes): Promise<{ source: BigIntStats; destination: BigIntStats | null }> {
    const status = this.#options.dereference === true ? stat : lstat;
    const source = await status(from, { ...this.#steps.next(), bigint: true });
    const destination = await absentAsNull(status(to, { ...this.#steps.next(), bigint: true }));
    checkCompatible(source, destination, pathText(from), pathText(to));
    return { source, destination };
  }

  // The destination must not be inside the source, also by way of symbolic links.
  async #checkAncestors(source: BigIntStats, from: PathBytes, to: PathBytes): Promise<void> {
    if (!source.isDirectory()) return;
    const own = resolve(pathText(from));
    for (let at = dirname(resolve(pathText(to))); at !== dirname(own) && at !== dirname(at); at = dirname(at)) {
      const status = await absentAsNull(stat(at, { ...this.#steps.next(), bigint: true }));
      if (status !== null && sameFile(source, status))
        throw invalidPair(insideItself(pathText(from), pathText(to)), pathText(to));
    }
  }

  async #wanted(from: PathBytes, to: PathBytes): Promise<boolean> {
    const { filter } = this.#options;
    if (filter === undefined) return true;
    return Boolean(await this.#steps.attend(Promise.resolve(filter(pathText(from), pathText(to)))));
  }

  async #makeParent(to: PathBytes): Promise<void> {
    try {
      await makeAll(pathBytes(dirname(resolve(pathText(to)))), newDirectoryMode, this.#steps);
    } catch (error) {
      // A file is in its place: what comes next fails on it, and says so of the destination.
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }

  async #copyAny(from: PathBytes, to: PathBytes, source: BigIntStats, destination: BigIntStats | null): Promise<void> {
    if (source.isDirectory()) return this.#directory(from, to, source, destination);
    if (source.isFile() || source.isCharacterDevice() || source.isBlockDevice()) {
      return this.#file(from, to, source, destination);
    }
    if (source.isSymbolicLink()) return this.#link(from, to, destination);
    throw notCopied(source, pathText(to));
  }

  async #file(from: PathBytes, to: PathBytes, source: BigIntStats, destination: BigIntStats | null): Promise<void> {
    if (destination !== null) {
      if (this.#options.force === false) {
        if (this.#options.errorOnExist === true) throw alreadyThere(pathText(to));
        return;
      }
      await unlink(to, this.#steps.next());
    }
    await this.#copyFile(from, to);
    if (this.#options.preserveTimestamps === true) await this.#keepTimes(to, source);
  }

  // To the microsecond the times are exact in seconds as a number.
  async #keepTimes(to: PathBytes, source: BigIntStats): Promise<void> {
    const seconds = (nanoseconds: bigint): number => Number(nanoseconds / 1000n) / 1_000_000;
    await utimes(to, seconds(source.atimeNs), seconds(source.mtimeNs), this.#steps.next());
  }

  async #directory(
    from: PathBytes,
    to: PathBytes,
    source: BigIntStats,
    destination: BigIntStats | null,
  ): Promise<void> {
    if (this.#options.recursive !== true) {
      throw describedError('ERR_FS_EISDIR', {
        what: 'Path is a directory',
        syscall: 'cp',
        word: 'EISDIR',
        why: `${pathText(from)} is a directory (not copied)`,
        path: pathText(from),
      });
    }
    if (destination === null) await mkdir(to, this.#steps.next());
    const { names } = await listDirectory(from, this.#steps.next());
    for (const name of names) {
      const [fromBelow, toBelow] = [pathBelow(from, name), pathBelow(to, name)];
      if (!(await this.#wanted(fromBelow, toBelow))) continue;
      const { source: below, destination: there } = await this.#statuses(fromBelow, toBelow);
      await this.#copyAny(fromBelow, toBelow, below, there);
    }
    // At the end: a directory nobody may write to could not be filled, and filling it changes its times.
    if (destination === null) await chmod(to, Number(source.mode) & everyMode, this.#steps.next());
    if (this.#options.preserveTimestamps === true) await this.#keepTimes(to, source);
  }

  async #link(from: PathBytes, to: PathBytes, destination: BigIntStats | null): Promise<void> {
    const said = await readlink(from, { ...this.#steps.next(), encoding: 'utf8' });
    const target =
      this.#options.verbatimSymlinks === true || isAbsolute(said) ? said : resolve(dirname(pathText(from)), said);
    if (destination !== null) {
      if (destination.isSymbolicLink()) await this.#checkLinks(to, target);
      await unlink(to, this.#steps.next());
    }
    await symlink(target, to, null, this.#steps.next());
  }

  // A link to a directory must not come in place of one to a directory inside or around that. (Copying the same
  // tree again is no such case, although Node 20 refuses it.)
  async #checkLinks(to: PathBytes, target: string): Promise<void> {
    const there = await readlink(to, { ...this.#steps.next(), encoding: 'utf8' });
    const present = isAbsolute(there) ? there : resolve(dirname(pathText(to)), there);
    const status = await absentAsNull(stat(target, this.#steps.next()));
    if (status?.isDirectory() !== true) return;
    if (target === present) return;
    if (isBelow(target, present)) throw invalidPair(insideItself(target, present), pathText(to));
    if (isBelow(present, target)) {
      throw describedError('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', {
        what: 'Cannot overwrite symlink in subdirectory of self',
        syscall: 'cp',
        word: 'EINVAL',
        why: `cannot overwrite ${present} with ${target}`,
        path: pathText(to),
      });
    }
  }
}

async function absentAsNull<Status>(status: Promise<Status>): Promise<Status | null> {
  try {
    return await status;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function sameFile(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

function isBelow(above: string, path: string): boolean {
  const head = join(resolve(above), sep);
  return `${resolve(path)}${sep}`.startsWith(head);
}

function checkCompatible(source: BigIntStats, destination: BigIntStats | null, from: string, to: string): void {
  if (destination === null) return;
  if (sameFile(source, destination)) throw invalidPair('src and dest cannot be the same', to);
  if (source.isDirectory() && !destination.isDirectory()) {
    throw describedError('ERR_FS_CP_DIR_TO_NON_DIR', {
      what: 'Cannot overwrite non-directory with directory',
      syscall: 'cp',
      word: 'EISDIR',
      why: `cannot overwrite non-directory ${to} with directory ${from}`,
      path: to,
    });
  }
  if (!source.isDirectory() && destination.isDirectory()) {
    throw describedError('ERR_FS_CP_NON_DIR_TO_DIR', {
      what: 'Cannot overwrite directory with non-directory',
      syscall: 'cp',
      word: 'ENOTDIR',
      why: `cannot overwrite directory ${to} with non-directory ${from}`,
      path: to,
    });
  }
}

function insideItself(from: string, to: string): string {
  return `cannot copy ${from} to a subdirectory of self ${to}`;
}

function invalidPair(why: string, path: string): SystemError {
  return describedError('ERR_FS_CP_EINVAL', { what: 'Invalid src or dest', syscall: 'cp', word: 'EINVAL', why, path });
}

function alreadyThere(path: string): SystemError {
  return describedError('ERR_FS_CP_EEXIST', {
    what: 'Target already exists',
    syscall: 'cp',
    word: 'EEXIST',
    why: `${path} already exists`,
    path,
  });
}

function notCopied(source: BigIntStats, path: string): SystemError {
  if (source.isSocket()) {
    return describedError('ERR_FS_CP_SOCKET', {
      what: 'Cannot copy a socket file',
      syscall: 'cp',
      word: 'EINVAL',
      why: `cannot copy a socket file: ${path}`,
      path,
    });
  }
  if (source.isFIFO()) {
    return describedError('ERR_FS_CP_FIFO_PIPE', {
      what: 'Cannot copy a FIFO pipe',
      syscall: 'cp',
      word: 'EINVAL',
      why: `cannot copy a FIFO pipe: ${path}`,
      path,
    });
  }
  return describedError('ERR_FS_CP_UNKNOWN', {
    what: 'Cannot copy an unknown file type',
    syscall: 'cp',
    word: 'EINVAL',
    why: `cannot copy an unknown file type: ${path}`,
    path,
  });
}
