// Watches a directory until told to stop.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watch } from 'rescind/fs';

const directory = await mkdtemp(join(tmpdir(), 'rescind-example-'));
const controller = new AbortController();

setTimeout(() => writeFile(join(directory, 'a-new-file'), 'hello'), 50);
setTimeout(() => controller.abort(), 300);

try {
  for await (const { eventType, filename } of watch(directory, { signal: controller.signal })) {
    console.log(eventType, filename);
  }
} catch (reason) {
  if (reason !== controller.signal.reason) throw reason;
  console.log('stopped watching');
}
await rm(directory, { recursive: true });
