// readdir and opendir.

import { checkInteger } from '../errors.ts';
import type { OperationKind, OperationOptions } from '../runtime/operation.ts';
import { knownOptions } from '../runtime/options.ts';
import { nameText, type PathLike, pathBytes, pathText } from '../runtime/paths.ts';
import { forEachBounded, Steps } from '../runtime/steps.ts';
import { Directory } from './directory.ts';
import { Dirent, EntryType, type Listing, listingOf, pathBelow, typeOfStatus } from './directory-entry.ts';
import { encodingOf, type NameEncoding, optionsWithEncoding } from './encoding.ts';
import { booleanOption } from './last-options.ts';
import { type PathBytes, payloadKind, startPath } from './path-kinds.ts';
import { lstat, type NameOptions } from './path-status.ts';

/** Options of readdir. */
export interface ReadDirectoryOptions extends NameOptions {
  /** Give Dirent objects instead of names. Default false. */
  withFileTypes?: boolean | undefined;
  /** Give also what is below, as paths relative to `path`; symbolic links are not followed. Default false. */
  recursive?: boolean | undefined;
}

/** Options of opendir. */
export interface OpenDirectoryOptions extends NameOptions {
  /** Entries read ahead. Accepted for the sake of Node's; all entries are read at once. Default 32. */
  bufferSize?: number | undefined;
  /** Give also what is below. Default false. */
  recursive?: boolean | undefined;
}

type Encoding = BufferEncoding | null;
type Name = string | Buffer;

const namesKinds = new Map<Encoding, OperationKind<Name[], PathBytes>>();
function namesKind(encoding: Encoding): OperationKind<Name[], PathBytes> {
  let kind = namesKinds.get(encoding);
  if (kind === undefined) {
    kind = payloadKind('pathReadDirectory', 'scandir', (payload) => listingOf(payload, encoding).names);
    namesKinds.set(encoding, kind);
  }
  return kind;
}

const listings = {
  scandir: payloadKind('pathReadDirectory', 'scandir', (payload) => listingOf(payload, null) as Listing<Buffer>),
  opendir: payloadKind('pathReadDirectory', 'opendir', (payload) => listingOf(payload, null) as Listing<Buffer>),
};

/** What a directory holds, names as bytes; types the file system leaves out are `unknown`. */
export function listDirectory(path: PathBytes, options: OperationOptions | undefined): Promise<Listing<Buffer>> {
  return startPath(listings.scandir, path, options);
}

const readdirOptions = knownOptions('encoding', 'withFileTypes', 'recursive');

/**
 * The names in a directory, in no order, without '.' and '..'.
 *
 * @example
 * for (const entry of await readdir('.', { withFileTypes: true, signal })) console.log(entry.name, entry.isFile());
 */
export function readdir(
  path: PathLike,
  options?:
    | (ReadDirectoryOptions & { encoding?: BufferEncoding | null | undefined; withFileTypes?: false | undefined })
    | BufferEncoding
    | null,
): Promise<string[]>;
export function readdir(
  path: PathLike,
  options: (ReadDirectoryOptions & { encoding: 'buffer'; withFileTypes?: false | undefined }) | 'buffer',
): Promise<Buffer[]>;
export function readdir(
  path: PathLike,
  options: ReadDirectoryOptions & { encoding?: BufferEncoding | null | undefined; withFileTypes: true },
): Promise<Dirent[]>;
export function readdir(
  path: PathLike,
  options: ReadDirectoryOptions & { encoding: 'buffer'; withFileTypes: true },
): Promise<Dirent<Buffer>[]>;
export function readdir(
  path: PathLike,
  options?: ReadDirectoryOptions | NameEncoding | null,
): Promise<Name[] | Dirent<Name>[]>;
export function readdir(path: unknown, options?: unknown): Promise<Name[] | Dirent<Name>[]> {
  const given = optionsWithEncoding<ReadDirectoryOptions>(options, readdirOptions);
  const encoding = encodingOf(given?.encoding, 'utf8');
  const bytes = pathBytes(path);
  const withFileTypes = booleanOption(given?.withFileTypes, 'withFileTypes');
  const recursive = booleanOption(given?.recursive, 'recursive');
  if (!withFileTypes && !recursive) return startPath(namesKind(encoding), bytes, given);
  const steps = new Steps(given);
  return steps.run(async () => {
    const found = await walk(bytes, recursive, withFileTypes, 'scandir', steps);
    return withFileTypes
      ? found.map((entry) => direntOf(entry, encoding))
      : found.map((entry) => named(entry, encoding));
  });
}

const opendirOptions = knownOptions('encoding', 'bufferSize', 'recursive');

/**
 * A directory to be iterated over with `for await`, or by read(). All its entries are read before it resolves.
 *
 * @example
 * for await (const entry of await opendir('.')) console.log(entry.name);
 */
export function opendir(
  path: PathLike,
  options: (OpenDirectoryOptions & { encoding: 'buffer' }) | 'buffer',
): Promise<Directory<Buffer>>;
export function opendir(path: PathLike, options?: OpenDirectoryOptions | BufferEncoding | null): Promise<Directory>;
export function opendir(path: unknown, options?: unknown): Promise<Directory<Name>> {
  const given = optionsWithEncoding<OpenDirectoryOptions>(options, opendirOptions);
  const encoding = encodingOf(given?.encoding, 'utf8');
  const bytes = pathBytes(path);
  const recursive = booleanOption(given?.recursive, 'recursive');
  if (given?.bufferSize !== undefined) checkInteger(given.bufferSize, 'options.bufferSize', 1);
  const steps = new Steps(given);
  return steps.run(async () => {
    const found = await walk(bytes, recursive, true, 'opendir', steps);
    return new Directory<Name>(
      pathText(bytes),
      found.map((entry) => direntOf(entry, encoding)),
    );
  });
}

interface Found {
  parent: PathBytes;
  /** From the directory the walk began in; absent at its top. */
  below: Buffer | null;
  name: Buffer;
  type: number;
}

function direntOf({ parent, name, type }: Found, encoding: Encoding): Dirent<Name> {
  return new Dirent<Name>(encoding === null ? name : nameText(name, encoding), pathText(parent), type);
}

function named({ below, name }: Found, encoding: Encoding): Name {
  const path = below === null ? name : (pathBelow(below, name) as Buffer);
  return encoding === null ? path : nameText(path, encoding);
}

// Directories read at a time.
const abreast = 16;

// Level by level, in the order of the levels above, so that the same tree gives the same answer.
async function walk(
  top: PathBytes,
  recursive: boolean,
  needsTypes: boolean,
  syscall: keyof typeof listings,
  steps: Steps,
): Promise<Found[]> {
  const found: Found[] = [];
  let level: { path: PathBytes; below: Buffer | null }[] = [{ path: top, below: null }];
  while (level.length > 0) {
    const listed: Found[][] = [];
    await forEachBounded([...level.keys()], abreast, async (index) => {
      const { path, below } = level[index] as (typeof level)[number];
      const listing = await startPath(listings[syscall], path, steps.next());
      listed[index] = listing.names.map((name, at) => ({
        parent: path,
        below,
        name,
        type: listing.types[at] as number,
      }));
      if (needsTypes || recursive) await findTypes(listed[index], steps);
    });
    const entries = listed.flat();
    for (const entry of entries) found.push(entry);
    level = recursive
      ? entries
          .filter(({ type }) => type === EntryType.directory)
          .map(({ parent, below, name }) => ({
            path: pathBelow(parent, name),
            below: below === null ? name : (pathBelow(below, name) as Buffer),
          }))
      : [];
  }
  return found;
}

// Some file systems do not say the type with the name.
async function findTypes(entries: Found[], steps: Steps): Promise<void> {
  for (const entry of entries) {
    if (entry.type !== EntryType.unknown) continue;
    entry.type = typeOfStatus(await lstat(pathBelow(entry.parent, entry.name), steps.next()));
  }
}
