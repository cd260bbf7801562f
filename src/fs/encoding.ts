// What text is made of bytes: the `encoding` of calls that take one.

import { checkString, invalidType, invalidValue } from '../errors.ts';
import { checkOptions } from '../runtime/options.ts';

/** How names are given back: text in an encoding, or 'buffer' for the bytes. */
export type NameEncoding = BufferEncoding | 'buffer';

/** An options argument that may be just the encoding. Throws for misspelt options. */
export function optionsWithEncoding<Options extends object>(
  options: unknown,
  known: ReadonlySet<string>,
): Options | undefined {
  if (options === undefined || options === null) return undefined;
  if (typeof options === 'string') return { encoding: options } as unknown as Options;
  if (typeof options !== 'object') throw invalidType('options', 'of type string or an instance of Object', options);
  checkOptions(options, known);
  return options as Options;
}

/** The encoding, or null for bytes. */
export function encodingOf(encoding: unknown, fallback: BufferEncoding | null): BufferEncoding | null {
  if (encoding === undefined || encoding === null) return fallback;
  if (encoding === 'buffer') return null;
  checkString(encoding, 'encoding');
  if (!Buffer.isEncoding(encoding)) throw invalidValue('encoding', 'is invalid encoding', encoding);
  return encoding;
}

/** Throws for hexadecimal digits that make no whole byte: the last one would be lost. */
export function checkText(text: string, encoding: BufferEncoding): void {
  if (encoding === 'hex' && text.length % 2 !== 0) {
    throw invalidValue('encoding', `is invalid for data of length ${text.length}`, encoding);
  }
}

/** The bytes of a text. */
export function bytesOfText(text: string, encoding: BufferEncoding): Buffer {
  checkText(text, encoding);
  return Buffer.from(text, encoding);
}
