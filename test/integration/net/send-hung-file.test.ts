// A file of a file system that does not answer, on its way through a socket: whoever ends the call is told soon, the
// socket goes on, and nothing of what comes late is sent.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { open } from '../../../src/fs/index.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { type Connection, connection, numbered, readAll } from '../../support/connections.ts';
import { deadline, pause, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { HangingFileSystem, whyNoFuse } from '../../support/fuse.ts';
import { rejected } from '../../support/rejection.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { warmRuntime } from '../../support/warm.ts';

/** More than a connection takes in whose other end does not read. */
const sentBytes = 32 * 1024 * 1024;

type File = Awaited<ReturnType<typeof open>>;

/** Runs while a sendFile hangs in the read of its file. */
function whileHung(
  title: string,
  act: (
    call: Promise<number>,
    pair: Connection,
    file: File,
    abort: AbortController,
    letGo: () => void,
  ) => Promise<void>,
): void {
  for (const name of ['hang-read', 'direct-read']) {
    test(`${name}: ${title}`, async () => {
      await warmRuntime();
      await (await connection()).close();
      const files = await HangingFileSystem.mount();
      try {
        const before = openDescriptors();
        const file = await open(files.path(name));
        const pair = await connection();
        const abort = new AbortController();
        const call = pair.near.sendFile(file, { signal: abort.signal });
        assert.is(pair.near.pending, 1, 'between its operations on the socket it is pending all the same');
        await files.untilHeld(1);
        await act(call, pair, file, abort, () => files.release());
        assert.is(pair.near.bytesWritten, pair.far.bytesRead);
        await deadline(Promise.all([pair.close(), file.close()]), 'closing');
        await files.untilIdle();
        await assertSameDescriptors(before, title);
      } finally {
        await files.unmount();
      }
    });
  }
}

function define(): void {
  whileHung('an abort is told soon, and the socket goes on', async (call, { near, far }, file, abort) => {
    const behind = near.write('behind');
    abort.abort('mine');
    assert.is(await rejected(call), 'mine');
    await deadline(behind, 'the write behind it');
    assert.is((await readAll(far, 6)).toString(), 'behind');
    assert.is(near.pending, 0);
    await deadline(file.close(), 'close() of the file');
  });

  whileHung('what comes late is in nobody’s bytes', async (call, { near, far }, _file, abort, letGo) => {
    abort.abort('mine');
    await rejected(call);
    const path = join(temporaryDirectory(), 'numbered');
    writeFileSync(path, numbered(0, sentBytes));
    const numberedFile = await open(path);
    const behind = near.sendFile(numberedFile);
    await pause(30);
    await until(() => {
      letGo();
      return runtime.counts().detached === 0;
    }, 'the hung read');
    assert.ok((await readAll(far, sentBytes)).equals(numbered(0, sentBytes)));
    assert.is(await behind, sentBytes);
    await numberedFile.close();
  });

  whileHung('closing the file ends it', async (call, { near, far }, file) => {
    const outcome = rejected(call);
    await deadline(file.close(), 'close() of the file');
    const error = await outcome;
    assert.equal([error.code, error.syscall], ['ECANCELED', 'sendfile']);
    await near.write('behind');
    assert.is((await readAll(far, 6)).toString(), 'behind');
  });

  whileHung('closing the socket ends it, and waits for it', async (call, { near }) => {
    let told = false;
    const outcome = rejected(call).then((error) => {
      told = true;
      return error;
    });
    await deadline(near.close(), 'close() of the socket');
    assert.ok(told);
    assert.is((await outcome).code, 'ECANCELED');
  });

  whileHung('closing both at once ends it', async (call, { near }, file) => {
    const outcome = rejected(call);
    await deadline(Promise.all([near.close(), file.close()]), 'both');
    assert.is((await outcome).code, 'ECANCELED');
  });
}

const missing = whyNoFuse();
if (missing === undefined) {
  define();
  test.run();
} else {
  console.log(`skipped: ${missing}`);
  // What is missing says why.
  test.skip('a file that hangs ends with whoever ends its call');
  test.run();
}
