import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Slot, type WaitingDescriptor } from '../../../src/runtime/slot.ts';
import { WaitingQueue } from '../../../src/runtime/waiting.ts';
import { Random } from '../../support/random.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let made = 0;

function entry(): WaitingDescriptor {
  return {
    slot: new Slot(made++),
    handle: -1,
    length: 0,
    address: 0,
    offset: 0,
    argument0: 0,
    argument1: 0,
    flags: 0,
    bytes: null,
    deadlineAt: 0,
    timer: null,
  };
}

test('entries leave in the order they came, whatever is removed in between: like an array', () => {
  const random = new Random();
  for (let round = 0; round < 200; round++) {
    const queue = new WaitingQueue();
    const model: WaitingDescriptor[] = [];
    // From queues that stay short to such that grow to thousands.
    const pushes = 0.3 + random.next() * 0.5;
    for (let step = 0; step < 3000; step++) {
      const choice = random.next();
      if (choice < pushes) {
        const made = entry();
        queue.push(made);
        model.push(made);
      } else if (choice < pushes + (1 - pushes) / 2) {
        const found = queue.shift();
        const expected = model.shift();
        if (found !== expected) assert.unreachable(`seed ${random.seed}, round ${round}, step ${step}: another entry`);
      } else if (model.length > 0) {
        const [removed] = model.splice(random.below(model.length), 1);
        queue.remove(removed as WaitingDescriptor);
      }
      if (queue.size !== model.length) {
        assert.unreachable(`seed ${random.seed}, round ${round}, step ${step}: ${queue.size}, not ${model.length}`);
      }
    }
    for (const expected of model) if (queue.shift() !== expected) assert.unreachable(`seed ${random.seed}: the rest`);
    assert.is(queue.shift(), undefined);
    assert.is(queue.size, 0);
  }
});

test('an entry removed twice counts once', () => {
  const queue = new WaitingQueue();
  const [first, second] = [entry(), entry()];
  queue.push(first);
  queue.push(second);
  queue.remove(first);
  queue.remove(first);
  assert.is(queue.size, 1);
  assert.is(queue.shift(), second);
});

test('a removed entry lets go of its bytes', () => {
  const queue = new WaitingQueue();
  const removed = { ...entry(), bytes: 'a long path' };
  queue.push(entry());
  queue.push(removed);
  queue.remove(removed);
  assert.is(removed.bytes, null);
});

test('a queue whose first entry stays does not grow with what comes and is removed behind it', () => {
  const queue = new WaitingQueue();
  const first = entry();
  queue.push(first);
  const held: WeakRef<WaitingDescriptor>[] = [];
  const churn = (): void => {
    for (let count = 0; count < 20_000; count++) {
      const passing = entry();
      queue.push(passing);
      if (count % 100 === 0) held.push(new WeakRef(passing));
      queue.remove(passing);
    }
  };
  churn();
  return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    collectGarbage();
    const left = held.filter((each) => each.deref() !== undefined).length;
    assert.ok(left < 20, `${left} of ${held.length} removed entries are still held`);
    assert.is(queue.size, 1);
    assert.is(queue.shift(), first);
  });
});

test.run();
