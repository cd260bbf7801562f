// The entries of a directory, from the payload of pathReadDirectory: for each one byte of type, its name, NUL.

import { sep } from 'node:path';
import { nameText } from '../runtime/paths.ts';
import type { Payload } from '../runtime/payload.ts';
import type { Stats } from './stats.ts';

/** The type byte, the numbers of the system's d_type. */
export const EntryType = {
  unknown: 0,
  fifo: 1,
  characterDevice: 2,
  directory: 4,
  blockDevice: 6,
  file: 8,
  symbolicLink: 10,
  socket: 12,
} as const;

/** One entry of a directory. */
export class Dirent<Name extends string | Buffer = string> {
  readonly name: Name;
  /** The path of the directory it is in, as the call was given it. */
  readonly parentPath: string;
  readonly #type: number;

  constructor(name: Name, parentPath: string, type: number) {
    this.name = name;
    this.parentPath = parentPath;
    this.#type = type;
  }

  /** The same as `parentPath`, by its older name. */
  get path(): string {
    return this.parentPath;
  }

  isFile(): boolean {
    return this.#type === EntryType.file;
  }

  isDirectory(): boolean {
    return this.#type === EntryType.directory;
  }

  isSymbolicLink(): boolean {
    return this.#type === EntryType.symbolicLink;
  }

  isFIFO(): boolean {
    return this.#type === EntryType.fifo;
  }

  isSocket(): boolean {
    return this.#type === EntryType.socket;
  }

  isCharacterDevice(): boolean {
    return this.#type === EntryType.characterDevice;
  }

  isBlockDevice(): boolean {
    return this.#type === EntryType.blockDevice;
  }
}

/** What a directory holds: names and their types, side by side. */
export interface Listing<Name extends string | Buffer = string | Buffer> {
  names: Name[];
  types: number[];
}

/** @param encoding null for names as bytes */
export function listingOf(payload: Payload, encoding: BufferEncoding | null): Listing {
  const bytes = payload.view();
  const names: (string | Buffer)[] = [];
  const types: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at + 1);
    types.push(bytes[at] as number);
    names.push(encoding === null ? Buffer.from(bytes.subarray(at + 1, end)) : nameText(bytes, encoding, at + 1, end));
    at = end + 1;
  }
  return { names, types };
}

/** The type of an entry whose file system did not say it with the name. */
export function typeOfStatus(status: Stats): number {
  if (status.isFile()) return EntryType.file;
  if (status.isDirectory()) return EntryType.directory;
  if (status.isSymbolicLink()) return EntryType.symbolicLink;
  if (status.isFIFO()) return EntryType.fifo;
  if (status.isSocket()) return EntryType.socket;
  if (status.isCharacterDevice()) return EntryType.characterDevice;
  if (status.isBlockDevice()) return EntryType.blockDevice;
  return EntryType.unknown;
}

// What a directory's path may end with so that a name follows at once. On Windows 'C:' is the current directory of C.
const endings = sep === '\\' ? '/\\:' : '/';

/** A path below a directory, in bytes when either is. */
export function pathBelow(directory: string | Uint8Array, name: string | Uint8Array): string | Uint8Array {
  if (typeof directory === 'string' && typeof name === 'string') {
    return directory === '' || endings.includes(directory.at(-1) as string)
      ? `${directory}${name}`
      : `${directory}${sep}${name}`;
  }
  const head = Buffer.from(directory as string);
  const last = head.at(-1);
  const separator = last === undefined || endings.includes(String.fromCharCode(last)) ? '' : sep;
  return Buffer.concat([head, Buffer.from(separator), Buffer.from(name as string)]);
}
