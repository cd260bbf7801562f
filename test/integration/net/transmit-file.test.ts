// The operation by which Windows sends a file by itself, on bare descriptors.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { numbered } from '../../support/connections.ts';
import { deadline } from '../../support/deadline.ts';
import { assertSameDescriptors, closeNow, openDescriptors } from '../../support/descriptors.ts';
import { perform } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import { onlyOnWindows } from '../../support/platforms.ts';
import { rejected } from '../../support/rejection.ts';
import { datagramPair, Family, fillForGood, makeRoom, streamPair } from '../../support/sockets.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const test = onlyOnWindows('TransmitFile is of Windows');
const directory = temporaryDirectory();
const path = join(directory, 'numbered');
const bytes = numbered(0, 10_000);

function take(socket: number, most: number): Buffer {
  const into = Buffer.alloc(most);
  let used = 0;
  while (used < most) {
    const count = outside.read(socket, into.subarray(used));
    if (count === 0) break;
    used += count;
  }
  return into.subarray(0, used);
}

test('it sends what was asked for, or what there is of it', async () => {
  writeFileSync(path, bytes);
  const file = await outside.openFile(path);
  const [ours, theirs] = await streamPair(Family.ipv4);
  for (const [offset, asked, sent] of [
    [0, 2 ** 31 - 2, 10_000],
    [0, 10_000, 10_000],
    [0, 0, 0],
    [5, 100, 100],
    [9_999, 1, 1],
    [9_000, 5_000, 1_000],
    [10_000, 1, 0],
    [10_001, 5, 0],
    [2 ** 40, 5, 0],
  ] as const) {
    const given = { on: ours, argument0: file, offset, length: asked };
    assert.is(await deadline(perform('socketSendFile', given), 'the file'), sent);
    assert.ok(take(theirs, sent).equals(bytes.subarray(offset, offset + sent)));
  }
  for (const descriptor of [file, ours, theirs]) closeNow(descriptor);
});

test('what is no connection, and what is no file, is refused', async () => {
  writeFileSync(path, bytes);
  const folder = join(directory, 'folder');
  mkdirSync(folder);
  const file = await outside.openFile(path);
  const opened = await perform('fileOpen', { bytes: folder });
  const [ours, theirs] = await streamPair(Family.ipv4);
  const datagrams = await datagramPair(Family.ipv4);
  const code = async (on: number, argument0: number): Promise<unknown> =>
    (await rejected(perform('socketSendFile', { on, argument0, length: 1 }))).code;
  assert.is(await code(ours, opened), 'EISDIR');
  assert.is(await code(ours, 0x7ffffff0), 'EBADF');
  assert.is(await code(datagrams[0], file), 'ENOTSUP');
  assert.is(await code(file, file), 'ENOTSUP');
  for (const descriptor of [file, opened, ours, theirs, ...datagrams]) closeNow(descriptor);
});

test('a file that is closed meanwhile is sent all the same, and nothing of it stays open', async () => {
  writeFileSync(path, bytes);
  const before = openDescriptors();
  const file = await outside.openFile(path);
  const [ours, theirs] = await streamPair(Family.ipv4);
  const filled = await fillForGood(ours, 4096);
  const sending = perform('socketSendFile', { on: ours, argument0: file, length: bytes.byteLength });
  await perform('noop');
  closeNow(file);
  makeRoom(ours);
  assert.is(take(theirs, filled).byteLength, filled);
  assert.ok(take(theirs, bytes.byteLength).equals(bytes));
  assert.is(await deadline(sending, 'the file'), bytes.byteLength);
  for (const descriptor of [ours, theirs]) closeNow(descriptor);
  await assertSameDescriptors(before, 'a file that was closed meanwhile');
});

test.run();
