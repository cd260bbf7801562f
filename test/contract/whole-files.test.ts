// writeFile of a short text or a few bytes, taken back at every moment: it has changed nothing, or written all of it.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appendFile, type WriteFileOptions, writeFile } from '../../src/fs/index.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { onBackends, rings, threads, tinyRings } from '../support/backends.ts';
import { deadline, macrotask, occupyThread } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { Random } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { warmRuntime } from '../support/warm.ts';

const reason = { why: 'the test says so' };
const directory = temporaryDirectory();
const rounds = 400;
const before = 'what was there before, longer than some of what comes';

/** Waits for a random moment of the call. */
async function someTime(random: Random): Promise<void> {
  for (let turns = random.below(3); turns > 0; turns--) await macrotask();
  for (let steps = random.below(12); steps > 0; steps--) await Promise.resolve();
  occupyThread(random.next() * 0.2);
}

interface Case {
  title: string;
  /** What the file holds first, null for none. */
  first: string | null;
  write(path: string, data: Buffer, options: WriteFileOptions): Promise<void>;
  /** What it holds afterwards, when the call resolves. */
  whole(data: Buffer): string;
}

const all = (data: Buffer): string => data.toString('latin1');
const cases: Case[] = [
  { title: 'bytes over a file', first: before, write: writeFile, whole: all },
  { title: 'bytes into a new file', first: null, write: writeFile, whole: all },
  {
    title: 'text into a new file',
    first: null,
    write: (path, data, options) => writeFile(path, data.toString('latin1'), options),
    whole: all,
  },
  {
    // In steps on every backend.
    title: 'bytes into a file that must be new',
    first: null,
    write: (path, data, options) => writeFile(path, data, { ...options, flag: 'wx' }),
    whole: all,
  },
  { title: 'bytes behind a file', first: before, write: appendFile, whole: (data) => before + all(data) },
];

function prepare(path: string, first: string | null): void {
  rmSync(path, { force: true });
  if (first !== null) writeFileSync(path, first);
  // A name that was looked for is known to be absent, and a chain may make it.
  else existsSync(path);
}

function judge(path: string, { title, first, whole }: Case, data: Buffer, resolved: boolean): void {
  const now = existsSync(path) ? readFileSync(path, 'latin1') : null;
  if (resolved) assert.ok(now === whole(data), `${title}: resolved, yet ${now?.length} bytes, not all of them`);
  else assert.ok(now === first, `${title}: rejected, yet ${now === null ? 'the file is gone' : `${now.length} bytes`}`);
}

onBackends(import.meta.url, [rings, tinyRings, threads], ({ settings }) => {
  // A machine that is busy does not answer within the time after which a call is told without an answer.
  runtime.configure({ ...settings, detachAfterMs: Number.POSITIVE_INFINITY });
  const random = new Random();
  console.log(`seed ${random.seed}: RESCIND_TEST_SEED=${random.seed} repeats it`);
  const ends: Record<string, (random: Random) => Promise<WriteFileOptions>> = {
    'an abort': async () => {
      const controller = new AbortController();
      void someTime(random).then(() => controller.abort(reason));
      return { signal: controller.signal };
    },
    'a deadline': async () => ({ timeoutMs: random.next() * 0.6 }),
  };
  for (const [end, begin] of Object.entries(ends)) {
    for (const one of cases) {
      test(`${one.title}, ended by ${end} at a random moment`, async () => {
        await warmRuntime();
        const descriptors = openDescriptors();
        let resolved = 0;
        for (let round = 0; round < rounds / 4; round++) {
          const calls = Array.from({ length: 4 }, async (_, index) => {
            const path = join(directory, `file-${index}`);
            prepare(path, one.first);
            const data = Buffer.alloc(1 + random.below(random.below(2) === 0 ? 100 : 100_000), 0x61 + random.below(26));
            const outcome = await deadline(
              one.write(path, data, await begin(random)).then(
                () => true,
                (error: unknown) => {
                  const expected = error === reason || (error as Error).name === 'TimeoutError';
                  assert.ok(expected, `rejected with something else: ${String(error)}`);
                  return false;
                },
              ),
              one.title,
            );
            judge(path, one, data, outcome);
            if (outcome) resolved++;
          });
          await Promise.all(calls);
        }
        console.log(`${one.title}, ${end}: ${resolved} of ${rounds} were whole`);
        await assertSameDescriptors(descriptors, one.title);
      });
    }
  }
});
