import { constants } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EntryType, typeOfStatus } from '../../../src/fs/directory-entry.ts';
import { BigIntStats, Stats } from '../../../src/fs/stats.ts';
import { Payload } from '../../../src/runtime/payload.ts';

// The order of native/runtime/status_payload.h.
function payloadOf(words: readonly bigint[]): Payload {
  const view = new DataView(new ArrayBuffer(words.length * 8));
  for (const [index, word] of words.entries()) view.setBigInt64(index * 8, BigInt.asIntN(64, word), true);
  const payload = new Payload(view.buffer);
  payload.set(0, view.byteLength);
  return payload;
}

const mode = BigInt(constants.S_IFREG | 0o644);
const large = 2n ** 63n + 5n;
const words = [
  1n,
  mode,
  3n,
  4n,
  5n,
  6n,
  4096n,
  large,
  2n ** 40n,
  10n,
  100n,
  250_000_000n,
  -2n,
  500_000_000n,
  300n,
  999_999n,
  0n,
  0n,
];

test('each field is read from its place', () => {
  const stats = new Stats(payloadOf(words));
  const { dev, nlink, uid, gid, rdev, blksize, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs } = stats;
  assert.equal([dev, nlink, uid, gid, rdev, blksize, size, blocks], [1, 3, 4, 5, 6, 4096, 2 ** 40, 10]);
  assert.equal([atimeMs, mtimeMs, ctimeMs, birthtimeMs], [100_250, -1500, 300_000.999999, 0]);
  assert.is(stats.mode, Number(mode));
});

test('as bigint nothing is rounded', () => {
  const stats = new BigIntStats(payloadOf(words));
  assert.is(stats.ino, large);
  assert.is(stats.ctimeNs, 300_000_999_999n);
  assert.is(stats.ctimeMs, 300_000n);
  assert.is(stats.mtimeNs, -1_500_000_000n);
});

test('dates are made of the milliseconds', () => {
  assert.is(new Stats(payloadOf(words)).atime.getTime(), 100_250);
  assert.is(new BigIntStats(payloadOf(words)).mtime.getTime(), -1500);
});

test('a file is of one type, for both kinds of status and for directory entries', () => {
  const types = [
    ['isFile', constants.S_IFREG, EntryType.file],
    ['isDirectory', constants.S_IFDIR, EntryType.directory],
    ['isSymbolicLink', constants.S_IFLNK, EntryType.symbolicLink],
    ['isFIFO', constants.S_IFIFO, EntryType.fifo],
    ['isSocket', constants.S_IFSOCK, EntryType.socket],
    ['isCharacterDevice', constants.S_IFCHR, EntryType.characterDevice],
    ['isBlockDevice', constants.S_IFBLK, EntryType.blockDevice],
  ] as const;
  for (const [asked, bits, entryType] of types) {
    // Windows has no such type.
    if (bits === undefined) continue;
    const payload = payloadOf(words.with(1, BigInt(bits | 0o777)));
    for (const stats of [new Stats(payload), new BigIntStats(payload)]) {
      assert.equal(
        types.filter(([question]) => stats[question]()),
        [[asked, bits, entryType]],
      );
    }
    assert.is(typeOfStatus(new Stats(payload)), entryType);
  }
});

test.run();
