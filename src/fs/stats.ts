// What stat and its kin resolve to. The fields are Node's; the payload they are read from is laid out in
// native/runtime/status_payload.h.

import { constants } from 'node:fs';
import type { Payload } from '../runtime/payload.ts';

// Windows has no S_IFBLK and no S_IFSOCK, and nothing is of these types there.
const { S_IFMT, S_IFREG, S_IFDIR, S_IFCHR, S_IFBLK, S_IFIFO, S_IFLNK, S_IFSOCK } = constants;

const index = {
  dev: 0,
  mode: 1,
  nlink: 2,
  uid: 3,
  gid: 4,
  rdev: 5,
  blksize: 6,
  ino: 7,
  size: 8,
  blocks: 9,
  atime: 10,
  mtime: 12,
  ctime: 14,
  birthtime: 16,
} as const;

/** The questions about a file's type, for both kinds of status. */
abstract class FileType {
  abstract readonly mode: number | bigint;

  #is(type: number): boolean {
    return (Number(this.mode) & S_IFMT) === type;
  }

  isFile(): boolean {
    return this.#is(S_IFREG);
  }

  isDirectory(): boolean {
    return this.#is(S_IFDIR);
  }

  isSymbolicLink(): boolean {
    return this.#is(S_IFLNK);
  }

  isFIFO(): boolean {
    return this.#is(S_IFIFO);
  }

  isSocket(): boolean {
    return this.#is(S_IFSOCK);
  }

  isCharacterDevice(): boolean {
    return this.#is(S_IFCHR);
  }

  isBlockDevice(): boolean {
    return this.#is(S_IFBLK);
  }
}

/** The status of a file; times in milliseconds since 1970, sizes in bytes. */
export class Stats extends FileType {
  readonly dev: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly blksize: number;
  readonly ino: number;
  readonly size: number;
  /** Units of 512 bytes. */
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;

  constructor(payload: Payload) {
    super();
    this.dev = payload.uint64(index.dev);
    this.mode = payload.uint64(index.mode);
    this.nlink = payload.uint64(index.nlink);
    this.uid = payload.uint64(index.uid);
    this.gid = payload.uint64(index.gid);
    this.rdev = payload.uint64(index.rdev);
    this.blksize = payload.uint64(index.blksize);
    this.ino = payload.uint64(index.ino);
    this.size = payload.uint64(index.size);
    this.blocks = payload.uint64(index.blocks);
    this.atimeMs = milliseconds(payload, index.atime);
    this.mtimeMs = milliseconds(payload, index.mtime);
    this.ctimeMs = milliseconds(payload, index.ctime);
    this.birthtimeMs = milliseconds(payload, index.birthtime);
  }

  get atime(): Date {
    return date(this.atimeMs);
  }

  get mtime(): Date {
    return date(this.mtimeMs);
  }

  get ctime(): Date {
    return date(this.ctimeMs);
  }

  get birthtime(): Date {
    return date(this.birthtimeMs);
  }
}

/** The same with whole numbers of any size, and times in nanoseconds too. */
export class BigIntStats extends FileType {
  readonly dev: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly rdev: bigint;
  readonly blksize: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly blocks: bigint;
  readonly atimeMs: bigint;
  readonly mtimeMs: bigint;
  readonly ctimeMs: bigint;
  readonly birthtimeMs: bigint;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;

  constructor(payload: Payload) {
    super();
    this.dev = payload.biguint64(index.dev);
    this.mode = payload.biguint64(index.mode);
    this.nlink = payload.biguint64(index.nlink);
    this.uid = payload.biguint64(index.uid);
    this.gid = payload.biguint64(index.gid);
    this.rdev = payload.biguint64(index.rdev);
    this.blksize = payload.biguint64(index.blksize);
    this.ino = payload.biguint64(index.ino);
    this.size = payload.biguint64(index.size);
    this.blocks = payload.biguint64(index.blocks);
    this.atimeNs = nanoseconds(payload, index.atime);
    this.mtimeNs = nanoseconds(payload, index.mtime);
    this.ctimeNs = nanoseconds(payload, index.ctime);
    this.birthtimeNs = nanoseconds(payload, index.birthtime);
    this.atimeMs = this.atimeNs / 1_000_000n;
    this.mtimeMs = this.mtimeNs / 1_000_000n;
    this.ctimeMs = this.ctimeNs / 1_000_000n;
    this.birthtimeMs = this.birthtimeNs / 1_000_000n;
  }

  get atime(): Date {
    return date(Number(this.atimeMs));
  }

  get mtime(): Date {
    return date(Number(this.mtimeMs));
  }

  get ctime(): Date {
    return date(Number(this.ctimeMs));
  }

  get birthtime(): Date {
    return date(Number(this.birthtimeMs));
  }
}

function milliseconds(payload: Payload, at: number): number {
  return payload.int64(at) * 1000 + payload.int64(at + 1) / 1_000_000;
}

function nanoseconds(payload: Payload, at: number): bigint {
  return payload.bigint64(at) * 1_000_000_000n + payload.bigint64(at + 1);
}

// A file system with nanoseconds has times between milliseconds: to the nearest, as Node rounds.
function date(time: number): Date {
  return new Date(Math.floor(time + 0.5));
}
