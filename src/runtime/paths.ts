// Paths as every entry point takes them: checked, and as the bytes operations are given.

import { sep, toNamespacedPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalidType, invalidValue } from '../errors.ts';

/** A path: a string, its bytes, or a `file:` URL. */
export type PathLike = string | Uint8Array | URL;

// Beyond every PATH_MAX: the system answers ENAMETOOLONG to what is left as it would to the whole.
const longestPath = 32 * 1024;

/**
 * The path as a string or as bytes of our own, which later changes of the caller's do not reach.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE for what is no path, ERR_INVALID_ARG_VALUE for one with a NUL in it
 */
export function pathBytes(path: unknown, name = 'path'): string | Uint8Array {
  if (typeof path === 'string') return checkedText(path, name);
  if (path instanceof Uint8Array) {
    if (path.includes(0)) throw hasNul(name, path);
    return Buffer.from(path.length > longestPath ? path.subarray(0, longestPath) : path);
  }
  if (path instanceof URL) return checkedText(fileURLToPath(path), name);
  throw invalidType(name, 'of type string or an instance of Buffer or URL', path);
}

function checkedText(path: string, name: string): string {
  if (path.includes('\0')) throw hasNul(name, path);
  return path.length > longestPath ? path.slice(0, longestPath) : path;
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
  return typeof path === 'string' ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString();
}

const prefix = '\\\\?\\';
const sharePrefix = `${prefix}UNC\\`;

/** The path as errors show it: on Windows absolute and without the prefix the system is given, as in Node. */
export function pathInErrors(path: string | Uint8Array): string {
  const whole = toNamespacedPath(pathText(path));
  if (sep === '/' || !whole.startsWith(prefix)) return whole;
  return whole.startsWith(sharePrefix) ? `\\\\${whole.slice(sharePrefix.length)}` : whole.slice(prefix.length);
}
