// Copies a file chunk by chunk with progress, and can be stopped between any two bytes of it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'rescind/fs';

interface CopyOptions {
  signal?: AbortSignal;
  onProgress?: (bytesCopied: number, bytesTotal: number) => void;
}

async function copy(from: string, to: string, { signal, onProgress }: CopyOptions = {}): Promise<void> {
  const source = await open(from, { signal });
  try {
    const target = await open(to, { flags: 'w', signal });
    try {
      const { size } = await source.stat({ signal });
      const buffer = Buffer.alloc(1 << 20);
      for (let position = 0; position < size; ) {
        const { bytesRead } = await source.read(buffer, 0, buffer.length, position, { signal });
        const { bytesWritten } = await target.write(buffer, 0, bytesRead, position, { signal });
        position += bytesWritten;
        onProgress?.(position, size);
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

const directory = await mkdtemp(join(tmpdir(), 'rescind-example-'));
const from = join(directory, 'from');
await writeFile(from, Buffer.alloc(16 << 20, 'rescind'));

await copy(from, join(directory, 'to'), {
  signal: AbortSignal.timeout(10_000),
  onProgress: (copied, total) => process.stdout.write(`\r${Math.round((copied / total) * 100)} %`),
});
console.log(' copied');
await rm(directory, { recursive: true });
