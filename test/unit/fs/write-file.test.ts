// What an abort between the steps of writeFile leaves behind.

import { channel } from 'node:diagnostics_channel';
import { closeSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type WriteFileOptions, writeFile } from '../../../src/fs/index.ts';
import { stepBytes } from '../../../src/fs/whole-file.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { deadline } from '../../support/deadline.ts';
import { Pipe } from '../../support/fifo.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

// A machine that is busy does not answer within the time after which a call is told without an answer.
runtime.configure({ detachAfterMs: Number.POSITIVE_INFINITY });
const directory = temporaryDirectory();
let made = 0;
const newPath = (): string => join(directory, `file-${made++}`);
const reason = { why: 'the test says so' };

type Data = string | Uint8Array;

/** Writes a file in steps, with an abort at the moment a channel names; says how it ended. */
async function abortedAt(
  moment: string,
  path: string,
  data: Data,
  options: WriteFileOptions = { flag: 'wx' },
): Promise<'resolved' | 'rejected'> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(reason);
  channel(moment).subscribe(abort);
  try {
    await deadline(writeFile(path, data, { ...options, signal: controller.signal }), 'writeFile');
    assert.ok(controller.signal.aborted, 'aborted meanwhile');
    return 'resolved';
  } catch (error) {
    assert.is(error, reason);
    return 'rejected';
  } finally {
    channel(moment).unsubscribe(abort);
  }
}

const opening = 'tracing:rescind:fileOpen:start';
const opened = 'tracing:rescind:fileOpen:asyncStart';
const writes = 'tracing:rescind:fileWrite:start';
const written = 'tracing:rescind:fileWrite:asyncStart';

for (const [what, data] of Object.entries({ text: 'short text', bytes: Buffer.alloc(stepBytes, 'x') })) {
  test(`short ${what}: taken back before its open, nothing has happened`, async () => {
    const path = newPath();
    assert.is(await abortedAt(opening, path, data), 'rejected');
    assert.is(existsSync(path), false);
  });

  for (const moment of [opened, writes, written]) {
    test(`short ${what} is written once its file has been made, aborted at ${moment}`, async () => {
      const path = newPath();
      assert.is(await abortedAt(moment, path, data), 'resolved');
      assert.is(readFileSync(path, 'latin1'), data.toString('latin1' as never));
    });
  }
}

test('long data stops between two pieces', async () => {
  const data = Buffer.alloc(3 * stepBytes, 'x');
  for (const [moment, bytes] of [
    [opened, 0],
    [written, stepBytes],
  ] as const) {
    const path = newPath();
    assert.is(await abortedAt(moment, path, data), 'rejected');
    assert.is(statSync(path).size, bytes);
  }
});

test('a file that is neither made nor emptied is left alone', async () => {
  const path = newPath();
  writeFileSync(path, 'before');
  assert.is(await abortedAt(opened, path, 'x'.repeat(100), { flag: 'r+', flush: true }), 'rejected');
  assert.is(readFileSync(path, 'latin1'), 'before');
});

test('an abort while the data is flushed is an answer, and the data is there', async () => {
  const path = newPath();
  assert.is(await abortedAt(written, path, 'text', { flush: true }), 'rejected');
  assert.is(readFileSync(path, 'latin1'), 'text');
});

onlyOnLinux('FIFOs, which anybody may open by their path')(
  'a write to a FIFO is taken back while it waits',
  async () => {
    const pipe = new Pipe(directory);
    const filled = pipe.fill();
    const controller = new AbortController();
    const { signal } = controller;
    const abort = (): void => void setImmediate(() => controller.abort(reason));
    channel(writes).subscribe(abort);
    try {
      await deadline(writeFile(pipe.path, Buffer.alloc(8192), { signal }), 'writeFile');
      assert.unreachable('the FIFO is full');
    } catch (error) {
      assert.is(error, reason);
    } finally {
      channel(writes).unsubscribe(abort);
    }
    assert.is(pipe.drain().byteLength, filled);
    closeSync(pipe.descriptor);
    pipe.closePeer();
  },
);

test('a deadline that passes between open and write does not end a short write', async () => {
  const path = newPath();
  const wait = (): void => {
    const end = performance.now() + 40;
    while (performance.now() < end);
  };
  channel(opened).subscribe(wait);
  try {
    await deadline(writeFile(path, 'text', { flag: 'wx', timeoutMs: 30 }), 'writeFile');
    assert.is(readFileSync(path, 'latin1'), 'text');
  } catch (error) {
    // A machine too busy to open a file in this time.
    assert.is((error as Error).name, 'TimeoutError');
    assert.is(existsSync(path), false);
  } finally {
    channel(opened).unsubscribe(wait);
  }
});

test.run();
