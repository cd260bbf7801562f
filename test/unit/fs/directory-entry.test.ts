import { sep } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Dirent, EntryType, listingOf, pathBelow } from '../../../src/fs/directory-entry.ts';
import { Payload } from '../../../src/runtime/payload.ts';
import { onlyOnWindows } from '../../support/platforms.ts';

function payloadOf(bytes: Buffer): Payload {
  const memory = new ArrayBuffer(bytes.length + 8);
  Buffer.from(memory).set(bytes, 8);
  const payload = new Payload(memory);
  payload.set(8, bytes.length);
  return payload;
}

const listed = Buffer.concat([
  Buffer.from([EntryType.file]),
  Buffer.from('ä.txt\0'),
  Buffer.from([EntryType.unknown]),
  Buffer.from([0xff, 0]),
  Buffer.from([EntryType.directory]),
  Buffer.from('d\0'),
]);

test('a listing is a type byte and a name for each entry, an unknown type among them', () => {
  const { names, types } = listingOf(payloadOf(listed), 'utf8');
  assert.equal(names, ['ä.txt', '\ufffd', 'd']);
  assert.equal(types, [EntryType.file, EntryType.unknown, EntryType.directory]);
});

test('names as bytes are what the file system has, and stay when the payload is gone', () => {
  const payload = payloadOf(listed);
  const { names } = listingOf(payload, null);
  payload.view().fill(0);
  assert.equal(names, [Buffer.from('ä.txt'), Buffer.from([0xff]), Buffer.from('d')]);
});

test('a directory may be empty', () => {
  assert.equal(listingOf(payloadOf(Buffer.alloc(0)), 'utf8'), { names: [], types: [] });
});

test('an entry knows its type and where it is', () => {
  const entry = new Dirent('name', '/parent', EntryType.symbolicLink);
  assert.equal([entry.name, entry.parentPath, entry.path], ['name', '/parent', '/parent']);
  assert.ok(entry.isSymbolicLink());
  const others = ['isFile', 'isDirectory', 'isFIFO', 'isSocket', 'isCharacterDevice', 'isBlockDevice'] as const;
  for (const question of others) assert.not(entry[question](), question);
});

test('paths below are joined once, in bytes when either is', () => {
  assert.is(pathBelow('a', 'b'), `a${sep}b`);
  assert.is(pathBelow('/', 'b'), '/b');
  assert.is(pathBelow('a/', 'b'), 'a/b');
  assert.equal(pathBelow('a', Buffer.from([255])), Buffer.from([97, sep.charCodeAt(0), 255]));
  assert.equal(pathBelow(Buffer.from('/'), 'b'), Buffer.from('/b'));
});

onlyOnWindows('drives, and a second separator')('what a directory ends with on Windows is taken as it is', () => {
  assert.is(pathBelow('a\\', 'b'), 'a\\b');
  assert.is(pathBelow('C:', 'b'), 'C:b');
  assert.equal(pathBelow(Buffer.from('C:\\'), 'b'), Buffer.from('C:\\b'));
});

test.run();
