import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnoOf } from '../../../src/errors.ts';
import { Attempts } from '../../../src/runtime/attempts.ts';

const notInMemory = errnoOf('EAGAIN');
const shareUsed = errnoOf('EBUSY');

/** How many reads go by until one is due. */
function skipped(attempts: Attempts): number {
  let count = 0;
  while (!attempts.isDue()) count++;
  return count;
}

test('where memory answers every read is attempted', () => {
  const attempts = new Attempts();
  for (let round = 0; round < 100; round++) {
    assert.ok(attempts.isDue());
    attempts.note(round % 2 === 0 ? 4096 : 0);
  }
});

test('where it does not they become rare, up to one in 32', () => {
  const attempts = new Attempts();
  const gaps: number[] = [];
  for (let round = 0; round < 8; round++) {
    gaps.push(skipped(attempts));
    attempts.note(notInMemory);
  }
  assert.equal(gaps, [0, 1, 3, 7, 15, 31, 31, 31]);
});

test('one answer, and every read is attempted again', () => {
  const attempts = new Attempts();
  for (let round = 0; round < 5; round++) {
    skipped(attempts);
    attempts.note(notInMemory);
  }
  assert.is(skipped(attempts), 31);
  attempts.note(1);
  for (let round = 0; round < 10; round++) assert.ok(attempts.isDue());
  attempts.note(notInMemory);
  assert.is(skipped(attempts), 1);
});

test('where many operations are submitted together none is', () => {
  const attempts = new Attempts();
  attempts.noteBatch(15);
  assert.ok(attempts.isDue());
  attempts.noteBatch(16);
  for (let round = 0; round < 100; round++) assert.not(attempts.isDue());
  attempts.noteBatch(1);
  assert.ok(attempts.isDue());
});

test('a turn that has had its share says nothing about memory', () => {
  const attempts = new Attempts();
  for (let round = 0; round < 10; round++) {
    assert.ok(attempts.isDue());
    attempts.note(shareUsed);
  }
});

test.run();
