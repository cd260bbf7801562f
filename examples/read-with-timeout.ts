// A read that gives up after a while: the other end of the FIFO says nothing, and the kernel is asked to
// take the read back, so that nothing of what is written later is lost.

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'rescind/fs';

const directory = await mkdtemp(join(tmpdir(), 'rescind-example-'));
const path = join(directory, 'fifo');
execFileSync('mkfifo', [path]);

// 'r+' opens both ends, so that the open itself need not wait for somebody.
const file = await open(path, 'r+');
const buffer = Buffer.alloc(64);

try {
  await file.read(buffer, { timeoutMs: 100 });
} catch (error) {
  console.log(`nothing came: ${(error as Error).name}: ${(error as Error).message}`);
}

await file.write('late, but all there');
const { bytesRead } = await file.read(buffer, { timeoutMs: 1000 });
console.log(`then came: ${buffer.toString('utf8', 0, bytesRead)}`);

await file.close();
await rm(directory, { recursive: true });
