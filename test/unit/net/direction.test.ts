import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Direction } from '../../../src/net/direction.ts';
import { macrotask } from '../../support/deadline.ts';

/** An operation that ends when told to. */
function operation(direction: Direction, log: string[], name: string): () => Promise<void> {
  return async () => {
    log.push(`${name} begins`);
    direction.enter();
    await macrotask();
    log.push(`${name} ends`);
    direction.leave();
  };
}

test('one operation at a time, in the order of the calls', async () => {
  const direction = new Direction();
  const log: string[] = [];
  const first = operation(direction, log, 'a')();
  assert.ok(direction.taken);
  const others = ['b', 'c'].map((name) => direction.wait('read', undefined, operation(direction, log, name)));
  assert.is(direction.waiting, 2);
  await Promise.all([first, ...others]);
  assert.equal(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  assert.not(direction.taken);
});

test('a call in the moment between two operations waits behind those before it', async () => {
  const direction = new Direction();
  const log: string[] = [];
  direction.enter();
  const second = direction.wait('read', undefined, operation(direction, log, 'second'));
  direction.leave();
  assert.ok(direction.taken, 'the second has not begun, yet it is its turn');
  const third = direction.wait('read', undefined, operation(direction, log, 'third'));
  await Promise.all([second, third]);
  assert.equal(log, ['second begins', 'second ends', 'third begins', 'third ends']);
});

test('held, the direction is nobody else’s between the operations of one call', async () => {
  const direction = new Direction();
  const log: string[] = [];
  direction.enter();
  const other = direction.wait('write', undefined, operation(direction, log, 'other'));
  direction.leave();
  direction.hold();
  await macrotask();
  assert.equal(log, []);
  direction.enter();
  direction.leave();
  await macrotask();
  assert.equal(log, []);
  direction.letGo();
  await other;
  assert.equal(log, ['other begins', 'other ends']);
  assert.not(direction.taken);
});

test('between the operations of one call nobody has one, and it is one call all the same', () => {
  const direction = new Direction();
  assert.not(direction.between);
  direction.hold();
  assert.ok(direction.between);
  direction.enter();
  assert.not(direction.between);
  direction.leave();
  assert.ok(direction.between);
  direction.letGo();
  assert.not(direction.between);
});

test('a call in the line can be rejected by itself', async () => {
  const direction = new Direction();
  const begin = async (): Promise<void> => assert.unreachable();
  direction.reject(begin, 'nobody waits');
  direction.enter();
  const call = direction.wait('write', undefined, begin);
  direction.reject(begin, 'why');
  assert.is(await call.catch((reason) => reason), 'why');
  assert.is(direction.waiting, 0);
});

test('a call that begins no operation makes way', async () => {
  const direction = new Direction();
  const log: string[] = [];
  direction.enter();
  const closed = direction.wait('read', undefined, () => Promise.reject(new Error('closed')));
  const next = direction.wait('read', undefined, operation(direction, log, 'next'));
  direction.leave();
  assert.is(await closed.catch((error) => error.message), 'closed');
  await next;
  assert.is(log.length, 2);
});

test('closing rejects who waits with ECANCELED', async () => {
  const direction = new Direction();
  direction.close();
  direction.enter();
  const waiting = direction.wait('write', undefined, async () => assert.unreachable());
  direction.close();
  const error = (await waiting.catch((reason) => reason)) as NodeJS.ErrnoException;
  assert.is(error.code, 'ECANCELED');
  assert.is(error.syscall, 'write');
});

test.run();
