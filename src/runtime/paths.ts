// Paths as every entry point takes them: checked, and as the bytes operations are given.

import { toNamespacedPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namesAreUtf16 } from '../binding.ts';
import { invalidType, invalidValue } from '../errors.ts';
import { decodeWtf8, encodeWtf8, isUtf8 } from './wtf8.ts';

/** A path: a string, its bytes, or a `file:` URL. */
export type PathLike = string | Uint8Array | URL;

// Beyond every PATH_MAX: the system answers ENAMETOOLONG to what is left as it would to the whole.
const longestPath = 32 * 1024;
// Windows counts units of UTF-16, of which one is at most three bytes.
const longestBytes = namesAreUtf16 ? 3 * longestPath : longestPath;

/**
 * The path as a string or as bytes of our own, which later changes of the caller's do not reach.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE for what is no path, ERR_INVALID_ARG_VALUE for one with a NUL in it
 */
export function pathBytes(path: unknown, name = 'path'): string | Uint8Array {
  if (typeof path === 'string') return checkedText(path, name);
  if (path instanceof Uint8Array) {
    if (path.includes(0)) throw hasNul(name, path);
    return Buffer.from(path.length > longestBytes ? path.subarray(0, longestBytes) : path);
  }
  if (path instanceof URL) return checkedText(fileURLToPath(path), name);
  throw invalidType(name, 'of type string or an instance of Buffer or URL', path);
}

function checkedText(path: string, name: string): string | Uint8Array {
  if (path.includes('\0')) throw hasNul(name, path);
  const text = path.length > longestPath ? path.slice(0, longestPath) : path;
  return namesAreUtf16 && !isUtf8(text) ? encodeWtf8(text) : text;
}

function hasNul(name: string, path: unknown): TypeError {
  return invalidValue(name, 'must be a string, Uint8Array, or URL without null bytes', path);
}

/** Two checked paths as one: with a NUL between them, as operations on two paths are given them. */
export function pathPair(from: string | Uint8Array, to: string | Uint8Array): string | Uint8Array {
  if (typeof from === 'string' && typeof to === 'string') return `${from}\0${to}`;
  return Buffer.concat([Buffer.from(from as string), Buffer.of(0), Buffer.from(to as string)]);
}

/** The path as text, as it was given. */
export function pathText(path: string | Uint8Array): string {
  if (typeof path === 'string') return path;
  return nameText(Buffer.from(path.buffer, path.byteOffset, path.byteLength), 'utf8');
}

/** A name or a path the system gave, from `start` to `end` of the bytes, as text. */
export function nameText(bytes: Buffer, encoding: BufferEncoding, start = 0, end: number = bytes.length): string {
  if (namesAreUtf16 && isNameOfUtf8(encoding)) return decodeWtf8(bytes.subarray(start, end));
  return bytes.toString(encoding, start, end);
}

function isNameOfUtf8(encoding: string): boolean {
  return encoding === 'utf8' || /^utf-?8$/i.test(encoding);
}

/** A name the system gave as text or bytes, as the caller wants it; null for bytes. */
export function nameIn(name: string | Buffer, encoding: BufferEncoding | null): string | Buffer {
  if (typeof name !== 'string') return encoding === null ? name : nameText(name, encoding);
  if (encoding !== null && isNameOfUtf8(encoding)) return name;
  const bytes = encodeWtf8(name);
  return encoding === null ? bytes : bytes.toString(encoding);
}

const prefix = '\\\\?\\';
const sharePrefix = `${prefix}UNC\\`;

/** The path as Node's errors show it: on Windows absolute, without the prefix the system is given. */
export function shownPath(path: string | Uint8Array): string {
  const whole = toNamespacedPath(pathText(path));
  if (!namesAreUtf16 || !whole.startsWith(prefix)) return whole;
  return whole.startsWith(sharePrefix) ? `\\\\${whole.slice(sharePrefix.length)}` : whole.slice(prefix.length);
}
