// Copies a large file, four chunks at a time; the second time it is aborted half-way.

import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { open as openNode } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { open } from 'rescind/fs';
import type { Report } from './report.ts';

const chunkBytes = 1 << 20;
const chunks = 256;
const copiesAtATime = 4;

interface CopyOptions {
  signal: AbortSignal;
  /** Called with the index of each chunk that has arrived. */
  onChunk(index: number): void;
}

async function copy(from: string, to: string, { signal, onChunk }: CopyOptions): Promise<void> {
  const source = await open(from, { signal });
  try {
    const target = await open(to, { flags: 'w', signal });
    try {
      let next = 0;
      const copyChunks = async (): Promise<void> => {
        const buffer = Buffer.alloc(chunkBytes);
        while (next < chunks) {
          const index = next++;
          const end = (index + 1) * chunkBytes;
          // An operation that is aborted after it has moved some bytes resolves with a short count.
          for (let position = index * chunkBytes; position < end; ) {
            const { bytesRead } = await source.read(buffer, 0, end - position, position, { signal });
            assert.ok(bytesRead > 0, 'the source has not shrunk');
            const { bytesWritten } = await target.write(buffer, 0, bytesRead, position, { signal });
            position += bytesWritten;
          }
          onChunk(index);
        }
      };
      const outcomes = await Promise.allSettled(Array.from({ length: copiesAtATime }, copyChunks));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function makeSource(path: string): Promise<void> {
  const file = await openNode(path, 'w');
  const chunk = randomFillSync(Buffer.alloc(chunkBytes));
  for (let index = 0; index < chunks; index++) {
    chunk.writeUInt32LE(index);
    await file.write(chunk);
  }
  await file.close();
}

/** Throws unless every one of these chunks is in both files alike. Reads with node:fs: a second opinion. */
async function compare(from: string, to: string, arrived: readonly number[]): Promise<void> {
  const source = await openNode(from, 'r');
  const target = await openNode(to, 'r');
  const [expected, actual] = [Buffer.alloc(chunkBytes), Buffer.alloc(chunkBytes)];
  for (const index of arrived) {
    await source.read(expected, 0, chunkBytes, index * chunkBytes);
    await target.read(actual, 0, chunkBytes, index * chunkBytes);
    assert.ok(expected.equals(actual), `chunk ${index} differs`);
  }
  await Promise.all([source.close(), target.close()]);
}

async function modified(path: string): Promise<bigint> {
  const file = await openNode(path, 'r');
  const { mtimeNs, size } = await file.stat({ bigint: true });
  await file.close();
  return mtimeNs + size;
}

export async function copyAndAbort(directory: string, report: Report): Promise<void> {
  const from = join(directory, 'from');
  const to = join(directory, 'to');
  const half = join(directory, 'half');
  await makeSource(from);

  const whole: number[] = [];
  await report.timed(`${chunks} MiB copied whole`, async () => {
    await copy(from, to, {
      signal: new AbortController().signal,
      onChunk: (index) => report.progress(whole.push(index) / chunks),
    });
    report.progressEnd();
  });
  await compare(from, to, whole);
  assert.equal(whole.length, chunks);

  const controller = new AbortController();
  const reason = new Error('half is enough');
  const arrived: number[] = [];
  let abortedAt = 0;
  let settledAt = 0;
  const outcome = copy(from, half, {
    signal: controller.signal,
    onChunk: (index) => {
      report.progress(arrived.push(index) / chunks);
      if (arrived.length !== chunks / 2) return;
      abortedAt = performance.now();
      controller.abort(reason);
    },
  }).catch((error: unknown) => error);
  const rejection = await outcome;
  settledAt = performance.now();
  report.progressEnd();
  assert.equal(rejection, reason, 'the copy rejects with the reason itself');
  report.line(`aborted after ${chunks / 2} MiB: from abort() to the rejection`, settledAt - abortedAt);

  const before = await modified(half);
  await setTimeout(50);
  assert.equal(await modified(half), before, 'nothing is written after the promise has settled');
  await compare(from, half, arrived);
  report.line(`${arrived.length} MiB arrived whole, and nothing was written after the rejection`);
}
