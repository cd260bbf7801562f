// Names of files that are UTF-16: a name may hold half of a surrogate pair, which UTF-8 has no bytes for. Such a half
// travels as the three bytes its number would have (WTF-8), as native/os/windows/text.h reads and writes them.

const loneSurrogates = /\p{Surrogate}/gu;
const loneSurrogate = /\p{Surrogate}/u;

/** Whether a text has bytes in UTF-8 for all of it. */
export function isUtf8(text: string): boolean {
  return !loneSurrogate.test(text);
}

export function encodeWtf8(text: string): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { index } of text.matchAll(loneSurrogates)) {
    const unit = text.charCodeAt(index);
    parts.push(Buffer.from(text.slice(from, index)));
    parts.push(Buffer.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)));
    from = index + 1;
  }
  parts.push(Buffer.from(text.slice(from)));
  return Buffer.concat(parts);
}

/** What is neither UTF-8 nor a surrogate becomes U+FFFD. */
export function decodeWtf8(bytes: Buffer): string {
  let text = bytes.toString();
  // The bytes of a surrogate are none of UTF-8.
  if (!text.includes('\ufffd')) return text;
  text = '';
  let from = 0;
  // 0xed begins U+D000 to U+DFFF, and no byte behind a first one has that value.
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 1)) {
    const [, second = 0, third = 0] = bytes.subarray(at, at + 3);
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    text += bytes.toString('utf8', from, at) + String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    from = at + 3;
  }
  return text + bytes.toString('utf8', from);
}
