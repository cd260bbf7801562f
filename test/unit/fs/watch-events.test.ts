import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eventsOf, WatchMask, watchedMask } from '../../../src/fs/watch-events.ts';

function record(watch: number, mask: number, name: Buffer, padding: number): Buffer {
  const field = Buffer.alloc(name.length + padding);
  name.copy(field);
  const header = Buffer.alloc(16);
  header.writeInt32LE(watch, 0);
  header.writeUInt32LE(mask, 4);
  header.writeUInt32LE(99, 8);
  header.writeUInt32LE(field.length, 12);
  return Buffer.concat([header, field]);
}

test('events follow each other, with and without names', () => {
  const bytes = Buffer.concat([
    record(1, WatchMask.create, Buffer.from('a'), 15),
    record(2, WatchMask.deleteSelf, Buffer.alloc(0), 0),
    record(-1, WatchMask.queueOverflow, Buffer.alloc(0), 0),
    record(7, (WatchMask.movedTo | WatchMask.isDirectory) >>> 0, Buffer.from('x'.repeat(255)), 1),
  ]);
  assert.equal(
    [...eventsOf(bytes, bytes.length)],
    [
      { watch: 1, mask: WatchMask.create, name: 'a' },
      { watch: 2, mask: WatchMask.deleteSelf, name: '' },
      { watch: -1, mask: WatchMask.queueOverflow, name: '' },
      { watch: 7, mask: (WatchMask.movedTo | WatchMask.isDirectory) >>> 0, name: 'x'.repeat(255) },
    ],
  );
});

test('only what was read counts', () => {
  const first = record(1, WatchMask.modify, Buffer.from('a'), 3);
  const bytes = Buffer.concat([first, record(2, WatchMask.modify, Buffer.from('old'), 1)]);
  assert.is([...eventsOf(bytes, first.length)].length, 1);
  assert.is([...eventsOf(bytes, 0)].length, 0);
});

test('a name that is no text keeps its bytes', () => {
  const name = Buffer.from([0xff, 0x80, 0xc3, 0x28]);
  const bytes = record(1, WatchMask.create, name, 12);
  const [event] = eventsOf(bytes, bytes.length);
  assert.ok(Buffer.from(event?.name ?? '', 'latin1').equals(name));
});

test('a watch asks for everything node:fs reports', () => {
  assert.is(watchedMask, 0xfc6);
});

test.run();
