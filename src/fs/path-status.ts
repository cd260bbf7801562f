// What a path is: stat, lstat, statfs, access, realpath, readlink.

import { checkInteger } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes } from '../runtime/paths.ts';
import type { Payload } from '../runtime/payload.ts';
import { encodingOf, type NameEncoding, optionsWithEncoding } from './encoding.ts';
import { type StatusOptions, wantsBigInt } from './handle-options.ts';
import { checkLast, isOptions } from './last-options.ts';
import { pathKind, payloadKind, startPath, textKinds } from './path-kinds.ts';
import { BigIntStats, Stats } from './stats.ts';

/** Options of calls that give back a name or a path. */
export interface NameOptions extends OperationOptions {
  /** Default 'utf8'; 'buffer' for bytes. */
  encoding?: NameEncoding | null | undefined;
}

/** The status of a file system; amounts of space in blocks of `frsize` bytes. */
export class StatFs<Amount extends number | bigint = number> {
  readonly type: Amount;
  /** The block size that suits transfers, in bytes. */
  readonly bsize: Amount;
  /** Bytes of a block. */
  readonly frsize: Amount;
  readonly blocks: Amount;
  readonly bfree: Amount;
  readonly bavail: Amount;
  readonly files: Amount;
  readonly ffree: Amount;

  constructor(amount: (index: number) => Amount) {
    this.type = amount(0);
    this.bsize = amount(1);
    this.frsize = amount(2);
    this.blocks = amount(3);
    this.bfree = amount(4);
    this.bavail = amount(5);
    this.files = amount(6);
    this.ffree = amount(7);
  }
}

const smallStatus = (payload: Payload): Stats => new Stats(payload);
const bigStatus = (payload: Payload): BigIntStats => new BigIntStats(payload);
const statKind = payloadKind('pathStatus', 'stat', smallStatus);
const statBigKind = payloadKind('pathStatus', 'stat', bigStatus);
const lstatKind = payloadKind('pathStatus', 'lstat', smallStatus);
const lstatBigKind = payloadKind('pathStatus', 'lstat', bigStatus);
const statfsKind = payloadKind('pathStatusFilesystem', 'statfs', (payload) => new StatFs((at) => payload.uint64(at)));
const statfsBigKind = payloadKind(
  'pathStatusFilesystem',
  'statfs',
  (payload) => new StatFs((at) => payload.biguint64(at)),
);
const accessKind = pathKind('pathAccess', 'access');
const realpathKinds = textKinds('pathRealPath', 'realpath');
const readlinkKinds = textKinds('pathReadLink', 'readlink');

/**
 * The status of what a path leads to, symbolic links followed.
 *
 * @example
 * const { size, mtime } = await stat('data.bin', { timeoutMs: 200 });
 */
export function stat(path: PathLike, options?: StatusOptions & { bigint?: false | undefined }): Promise<Stats>;
export function stat(path: PathLike, options: StatusOptions & { bigint: true }): Promise<BigIntStats>;
export function stat(path: PathLike, options?: StatusOptions): Promise<Stats | BigIntStats>;
export function stat(path: unknown, options?: unknown): Promise<Stats | BigIntStats> {
  const bytes = pathBytes(path);
  const big = wantsBigInt(options);
  const given = options as OperationOptions | undefined;
  return big ? startPath(statBigKind, bytes, given, 1) : startPath(statKind, bytes, given, 1);
}

/** The status of what a path names: of a symbolic link, not of what it leads to. */
export function lstat(path: PathLike, options?: StatusOptions & { bigint?: false | undefined }): Promise<Stats>;
export function lstat(path: PathLike, options: StatusOptions & { bigint: true }): Promise<BigIntStats>;
export function lstat(path: PathLike, options?: StatusOptions): Promise<Stats | BigIntStats>;
export function lstat(path: unknown, options?: unknown): Promise<Stats | BigIntStats> {
  const bytes = pathBytes(path);
  const big = wantsBigInt(options);
  const given = options as OperationOptions | undefined;
  return big ? startPath(lstatBigKind, bytes, given, 0) : startPath(lstatKind, bytes, given, 0);
}

/** The status of the file system a path is on. */
export function statfs(path: PathLike, options?: StatusOptions & { bigint?: false | undefined }): Promise<StatFs>;
export function statfs(path: PathLike, options: StatusOptions & { bigint: true }): Promise<StatFs<bigint>>;
export function statfs(path: PathLike, options?: StatusOptions): Promise<StatFs | StatFs<bigint>>;
export function statfs(path: unknown, options?: unknown): Promise<StatFs | StatFs<bigint>> {
  const bytes = pathBytes(path);
  const big = wantsBigInt(options);
  const given = options as OperationOptions | undefined;
  return big ? startPath(statfsBigKind, bytes, given) : startPath(statfsKind, bytes, given);
}

/** Resolves if this process may do with the file what `mode` asks (constants.F_OK, R_OK, W_OK, X_OK; default F_OK). */
export function access(path: PathLike, mode?: number | null, options?: OperationOptions): Promise<void>;
export function access(path: PathLike, options: OperationOptions): Promise<void>;
export function access(path: unknown, mode?: unknown, options?: unknown): Promise<void> {
  const bytes = pathBytes(path);
  const last = isOptions(mode) ? mode : options;
  const wanted = isOptions(mode) ? 0 : (mode ?? 0);
  checkInteger(wanted, 'mode', 0, 7);
  checkLast(last);
  return startPath(accessKind, bytes, last, wanted);
}

const nameOptions = knownOptions('encoding');

/** The path without symbolic links, '.' and '..'. */
export function realpath(path: PathLike, options: (NameOptions & { encoding: 'buffer' }) | 'buffer'): Promise<Buffer>;
export function realpath(
  path: PathLike,
  options?: (NameOptions & { encoding?: BufferEncoding | null | undefined }) | BufferEncoding | null,
): Promise<string>;
export function realpath(path: PathLike, options?: NameOptions | NameEncoding | null): Promise<string | Buffer>;
export function realpath(path: unknown, options?: unknown): Promise<string | Buffer> {
  const given = optionsWithEncoding<NameOptions>(options, nameOptions);
  const kind = realpathKinds(encodingOf(given?.encoding, 'utf8'));
  return startPath(kind, pathBytes(path), given);
}

/** What a symbolic link says. */
export function readlink(path: PathLike, options: (NameOptions & { encoding: 'buffer' }) | 'buffer'): Promise<Buffer>;
export function readlink(
  path: PathLike,
  options?: (NameOptions & { encoding?: BufferEncoding | null | undefined }) | BufferEncoding | null,
): Promise<string>;
export function readlink(path: PathLike, options?: NameOptions | NameEncoding | null): Promise<string | Buffer>;
export function readlink(path: unknown, options?: unknown): Promise<string | Buffer> {
  const given = optionsWithEncoding<NameOptions>(options, nameOptions);
  const kind = readlinkKinds(encodingOf(given?.encoding, 'utf8'));
  return startPath(kind, pathBytes(path), given);
}
