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

async function leave(): Promise<void> {
  for (let index = 0; index < 5; index++) await fs.open(path);
  const closed = await fs.open(path);
  await closed.close();
}
await leave();
const left = count() - before;
for (let round = 0; round < 100 && count() > before; round++) {
  (globalThis as { gc?: () => void }).gc?.();
  await pause(10);
}
console.log(JSON.stringify({ left, after: count() - before, warnings }));
