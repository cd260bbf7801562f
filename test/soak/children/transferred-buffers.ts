// Run with --expose-gc; the argument is the setting 'uring'.

import * as assert from 'uvu/assert';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline, macrotask, pause } from '../../support/deadline.ts';
import { closeNow } from '../../support/descriptors.ts';
import { Pipe } from '../../support/fifo.ts';
import { perform } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const gc = (globalThis as { gc?: () => void }).gc as () => void;
runtime.configure({ uring: process.argv[2] as 'auto' | 'off' });

const pipe = new Pipe(temporaryDirectory());
const bytes = 1 << 20;

/** Memory that would be reused, and damage that would be seen, if the allocator had the pages back. */
function churn(): Uint8Array[] {
  return Array.from({ length: 8 }, () => new Uint8Array(bytes).fill(0x5a));
}

const undamaged = Buffer.alloc(bytes, 0x5a);

function assertUndamaged(others: readonly Uint8Array[]): void {
  for (const other of others) assert.is(undamaged.compare(other), 0, 'memory of others was written to');
}

async function collect(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    gc();
    await macrotask();
  }
}

// Transferred, and the copy dropped: nothing in JavaScript holds the memory any more.
function startAndGiveAway(keepMoved: boolean): { read: Promise<number>; moved: ArrayBuffer | null } {
  const memory = new ArrayBuffer(bytes);
  const view = new Uint8Array(memory);
  const read = perform('fileRead', { on: pipe.descriptor, views: [view], offset: -1 });
  return { read, moved: keepMoved ? structuredClone(memory, { transfer: [memory] }) : drop(memory) };
}

function drop(memory: ArrayBuffer): null {
  structuredClone(memory, { transfer: [memory] });
  return null;
}

for (const keepMoved of [false, true]) {
  for (let round = 0; round < 10; round++) {
    const { read, moved } = startAndGiveAway(keepMoved);
    await macrotask();
    await collect();
    const others = churn();
    pipe.write(Buffer.alloc(4096, 0xab));
    assert.is(await deadline(read, 'a read whose buffer was moved away'), 4096);
    assertUndamaged(others);
    if (moved !== null) assert.is(new Uint8Array(moved)[0], 0xab, 'what was read is where the memory went');
  }
}

// A detached operation keeps its memory too: nobody holds the buffer, the kernel still may write.
const reason = { why: 'the test says so' };
async function detached(): Promise<void> {
  const controller = new AbortController();
  const read = perform(
    'fileRead',
    { on: pipe.descriptor, views: [new Uint8Array(bytes)], offset: -1 },
    { signal: controller.signal, detach: true, detachAfterMs: 1 },
  );
  await macrotask();
  controller.abort(reason);
  assert.is(
    await deadline(
      read.catch((error: unknown) => error),
      'a detached read',
    ),
    reason,
  );
}
for (let round = 0; round < 10; round++) {
  await detached();
  await collect();
  const others = churn();
  pipe.write(Buffer.alloc(64, 0xcd));
  await pause(2);
  assertUndamaged(others);
  pipe.drain();
}
closeNow(pipe.descriptor);
pipe.closePeer();
console.log('done');
