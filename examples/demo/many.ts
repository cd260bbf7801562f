// 9,000 reads that wait, and one signal that takes them all back.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { open } from 'rescind/fs';
import type { Report } from './report.ts';

const operations = 9_000;

export async function cancelMany(directory: string, report: Report): Promise<void> {
  const path = join(directory, 'silent');
  execFileSync('mkfifo', [path]);
  // Both ends, so that the open need not wait and the reads do.
  const file = await open(path, 'r+');
  const buffer = Buffer.alloc(operations);
  const controller = new AbortController();
  const { signal } = controller;

  let settled = 0;
  const pending = await report.timed(`${operations} reads started, with one listener on the signal`, async () =>
    Array.from({ length: operations }, (_, index) =>
      file.read(buffer, index, 1, null, { signal }).then(
        () => assert.fail('nobody has written anything'),
        (error: unknown) => {
          settled++;
          return error;
        },
      ),
    ),
  );
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  await setTimeout(50);
  assert.equal(settled, 0, 'all of them are pending');

  const reason = new Error('all of you');
  await report.timed('all of them aborted: from abort() to the last rejection', async () => {
    controller.abort(reason);
    for (const outcome of await Promise.all(pending)) assert.equal(outcome, reason);
  });
  await setTimeout(0);
  assert.equal(getEventListeners(signal, 'abort').length, 0, 'no listener is left on the signal');

  await file.write('a byte');
  const { bytesRead } = await file.read(buffer, 0, 16, null);
  assert.equal(buffer.toString('utf8', 0, bytesRead), 'a byte');
  report.line('what is written afterwards comes to the next reader: no cancelled read took it');
  await file.close();
}
