// Reads at and behind the end of a file: each ends once, and none ends what takes its place.

import { writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileHandle, open } from '../../../src/fs/index.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { loopedFile } from '../../support/looped.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const path = join(directory, 'file');
writeFileSync(path, 'ten bytes!');

test('many reads behind the end bring nothing, and reads before it what is there', async () => {
  const file = await open(path);
  for (let round = 0; round < 50; round++) {
    const reads = Array.from({ length: 64 }, (_, index) =>
      file.read(Buffer.alloc(16), 0, 16, index % 2 === 0 ? 10 + index : 4),
    );
    const counts = (await deadline(Promise.all(reads), 'the reads')).map(({ bytesRead }) => bytesRead);
    assert.equal(
      counts,
      counts.map((_, index) => (index % 2 === 0 ? 0 : 6)),
    );
  }
  await file.close();
  assert.is(stats().inFlight, 0);
});

test('the end comes again and again at the current position', async () => {
  const file = await open(path);
  assert.is((await file.read(Buffer.alloc(16))).bytesRead, 10);
  for (let round = 0; round < 100; round++) assert.is((await file.read(Buffer.alloc(16))).bytesRead, 0);
  assert.is((await file.readv([Buffer.alloc(4), Buffer.alloc(4)])).bytesRead, 0);
  await file.close();
});

test('a read that waits is not ended by what was in its place before', async () => {
  const waiting = await open(await loopedFile(directory), 'r+');
  const ended = [await open(path), await open(devNull)];
  for (let round = 0; round < 40; round++) {
    const file = ended[round % 2] as FileHandle;
    const position = round % 4 === 0 ? 100 : null;
    await Promise.all(Array.from({ length: 8 }, () => file.read(Buffer.alloc(4), 0, 4, position)));
    let settled = 0;
    const reads = Array.from({ length: 8 }, () =>
      waiting.read(Buffer.alloc(1)).then(({ bytesRead, buffer }) => {
        settled++;
        return buffer.toString('latin1', 0, bytesRead);
      }),
    );
    await pause(2);
    assert.is(settled, 0);
    await waiting.write('12345678');
    assert.is((await deadline(Promise.all(reads), 'the reads that waited')).sort().join(''), '12345678');
  }
  await Promise.all([waiting, ...ended].map((file) => file.close()));
});

test.run();
