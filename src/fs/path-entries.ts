// Entries of directories, one at a time: unlink, rmdir, rename, link, symlink, mkdtemp.

import { checkString } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { knownOptions } from '../runtime/options.ts';
import { type PathLike, pathBytes, pathText } from '../runtime/paths.ts';
import type { Payload } from '../runtime/payload.ts';
import { encodingOf, type NameEncoding, optionsWithEncoding } from './encoding.ts';
import { checkLast, isOptions } from './last-options.ts';
import { pairKind, pathKind, startPair, startPath, textKinds } from './path-kinds.ts';
import type { NameOptions } from './path-status.ts';

const unlinkKind = pathKind('pathUnlink', 'unlink');
const rmdirKind = pathKind('pathRemoveDirectory', 'rmdir');
const renameKind = pairKind('pathRename', 'rename');
const linkKind = pairKind('pathLink', 'link');
const symlinkKind = pairKind('pathSymlink', 'symlink');
// In errors the characters that were to be random are these.
const mkdtempKinds = textKinds('pathMakeTemporary', 'mkdtemp', removeTemporary, (prefix) => ({
  path: `${pathText(prefix)}XXXXXX`,
}));

/** Removes a name that is no directory's. */
export function unlink(path: PathLike, options?: OperationOptions): Promise<void> {
  const bytes = pathBytes(path);
  checkLast(options);
  return startPath(unlinkKind, bytes, options);
}

/** Removes an empty directory. (With all that is in it: `rm(path, {recursive: true})`.) */
export function rmdir(path: PathLike, options?: OperationOptions): Promise<void> {
  const bytes = pathBytes(path);
  checkLast(options);
  return startPath(rmdirKind, bytes, options);
}

/** Gives a file another name, in place of one that has it. */
export function rename(oldPath: PathLike, newPath: PathLike, options?: OperationOptions): Promise<void> {
  const from = pathBytes(oldPath, 'oldPath');
  const to = pathBytes(newPath, 'newPath');
  checkLast(options);
  return startPair(renameKind, from, to, options);
}

/** Gives a file one more name. */
export function link(existingPath: PathLike, newPath: PathLike, options?: OperationOptions): Promise<void> {
  const from = pathBytes(existingPath, 'existingPath');
  const to = pathBytes(newPath, 'newPath');
  checkLast(options);
  return startPair(linkKind, from, to, options);
}

/**
 * Makes a symbolic link at `path` that says `target`. `type` matters on Windows only, where links to files and to
 * directories differ and a 'junction' leads to a directory of this machine and needs no privilege. Default: that of what
 * `target` names, 'file' when there is nothing.
 */
export function symlink(
  target: PathLike,
  path: PathLike,
  type?: 'file' | 'dir' | 'junction' | null,
  options?: OperationOptions,
): Promise<void>;
export function symlink(target: PathLike, path: PathLike, options: OperationOptions): Promise<void>;
export function symlink(target: unknown, path: unknown, type?: unknown, options?: unknown): Promise<void> {
  const from = pathBytes(target, 'target');
  const to = pathBytes(path);
  const last = isOptions(type) ? type : options;
  const linkType = isOptions(type) ? LinkType.ofTarget : linkTypeOf(type);
  checkLast(last);
  return startPair(symlinkKind, from, to, last, linkType);
}

/** Types of links, as native/wire/ops.def has them. */
const LinkType = { ofTarget: 0, file: 1, dir: 2, junction: 3 } as const;

function linkTypeOf(type: unknown): number {
  if (type === undefined || type === null) return LinkType.ofTarget;
  if (type === 'file' || type === 'dir' || type === 'junction') return LinkType[type];
  checkString(type, 'type');
  const error = new Error(`Symlink type must be one of "dir", "file", or "junction". Received "${type}"`);
  throw Object.assign(error, { code: 'ERR_FS_INVALID_SYMLINK_TYPE' });
}

const nameOptions = knownOptions('encoding');

// Of a directory whose maker was told that there is none nobody has the name, so that nothing is in it.
function removeTemporary(payload: Payload): void {
  startPath(rmdirKind, payload.copy(), undefined).catch(() => {
    // Nobody is left to tell.
  });
}

/**
 * Makes a directory whose name is `prefix` and six random characters; resolves to its path.
 *
 * @example
 * const directory = await mkdtemp(join(tmpdir(), 'import-'));
 */
export function mkdtemp(prefix: PathLike, options: (NameOptions & { encoding: 'buffer' }) | 'buffer'): Promise<Buffer>;
export function mkdtemp(
  prefix: PathLike,
  options?: (NameOptions & { encoding?: BufferEncoding | null | undefined }) | BufferEncoding | null,
): Promise<string>;
export function mkdtemp(prefix: PathLike, options?: NameOptions | NameEncoding | null): Promise<string | Buffer>;
export function mkdtemp(prefix: unknown, options?: unknown): Promise<string | Buffer> {
  const given = optionsWithEncoding<NameOptions>(options, nameOptions);
  const kind = mkdtempKinds(encodingOf(given?.encoding, 'utf8'));
  return startPath(kind, pathBytes(prefix, 'prefix'), given);
}
