import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChangeAction, eventTypeOf, recordsOf } from '../../../src/fs/watch-records.ts';

/** Records as the system writes them: each on four bytes, the last one without the way to a next. */
function records(...changes: readonly (readonly [action: number, name: string])[]): Buffer {
  return Buffer.concat(
    changes.map(([action, name], index) => {
      const text = Buffer.from(name, 'utf16le');
      const record = Buffer.alloc((12 + text.length + 3) & ~3, 0xaa);
      record.writeUInt32LE(index === changes.length - 1 ? 0 : record.length, 0);
      record.writeUInt32LE(action, 4);
      record.writeUInt32LE(text.length, 8);
      text.copy(record, 12);
      return record;
    }),
  );
}

test('records follow each other, up to the one that leads to no other', () => {
  const changes = [
    [ChangeAction.added, 'a'],
    [ChangeAction.modified, 'directory\\file'],
    [ChangeAction.renamedFrom, 'ä€😀'],
    [ChangeAction.renamedTo, 'x'.repeat(255)],
    [ChangeAction.removed, 'b'],
  ] as const;
  const bytes = records(...changes);
  const read = [...recordsOf(Buffer.concat([bytes, records([1, 'an older one'])]), bytes.length + 40)];
  assert.equal(
    read.map(({ action, name }) => [action, name]),
    changes.map((change) => [...change]),
  );
});

test('nothing is read behind the bytes there are', () => {
  assert.equal([...recordsOf(records([1, 'a']), 0)], []);
  assert.equal([...recordsOf(records([1, 'a']), 8)], []);
  const cut = records([1, 'a'], [2, 'b']);
  assert.is([...recordsOf(cut, 16)].length, 1);
});

test('a name that is no text survives', () => {
  const [record] = recordsOf(records([1, '\ud800a\udc00']), 100);
  assert.is(record?.name, '\ud800a\udc00');
});

test('what is modified has changed, everything else has come, gone or moved', () => {
  assert.equal(Object.values(ChangeAction).map(eventTypeOf), ['rename', 'rename', 'change', 'rename', 'rename']);
});

test.run();
