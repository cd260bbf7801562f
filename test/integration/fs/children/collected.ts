// Handles nobody closed are closed when they are collected, with a warning.

import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import * as fs from '../../../../src/fs/index.ts';

const path = process.argv[2] as string;
const warnings: string[] = [];
process.on('warning', (warning) => warnings.push((warning as Error & { code?: string }).code ?? warning.name));
await fs.writeFile(path, 'contents');
// The runtime opens descriptors of its own with its first operations.
await (await fs.open(path)).close();
const count = (): number => readdirSync('/proc/self/fd').length;
const before = count();

async function leave(): Promise<number> {
  const held: unknown[] = [];
  for (let index = 0; index < 5; index++) held.push(await fs.open(path));
  const closed = await fs.open(path);
  await closed.close();
  // Counted while they are held: a collection may come at any time.
  const open = count() - before;
  held.length = 0;
  return open;
}
const left = await leave();
for (let round = 0; round < 100 && count() > before; round++) {
  (globalThis as { gc?: () => void }).gc?.();
  await pause(10);
}
const after = count() - before;

// A stream holds on to the handle it reads from, also when it is not to close it.
const streams = await Promise.all([
  fs.open(path).then((file) => file.readableWebStream().getReader()),
  fs.open(path).then((file) => file.createReadStream({ autoClose: false })[Symbol.asyncIterator]()),
]);
for (let round = 0; round < 10; round++) {
  (globalThis as { gc?: () => void }).gc?.();
  await pause(1);
}
const read = [(await streams[0].read()).value?.length, (await streams[1].next()).value?.length];
console.log(JSON.stringify({ left, after, warnings, read }));
