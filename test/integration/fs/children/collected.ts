// Handles nobody closed are closed when they are collected, with a warning.

import { setTimeout as pause } from 'node:timers/promises';
import * as fs from '../../../../src/fs/index.ts';
import { outside } from '../../../support/outside.ts';
import { onWindows } from '../../../support/platforms.ts';

const path = process.argv[2] as string;
const warnings: string[] = [];
process.on('warning', (warning) => warnings.push((warning as Error & { code?: string }).code ?? warning.name));
await fs.writeFile(path, 'contents');

// Descriptors of the file: the process opens others of its own at times of its own. Windows does not say of which file
// a handle is, so that there those of the process itself are taken off.
function files(): number {
  const all = [...outside.openDescriptors().values()];
  return all.filter((target) => target === (onWindows ? 'file:' : path)).length;
}
const others = onWindows ? files() : 0;
const count = (): number => files() - others;

async function leave(): Promise<number> {
  const held: unknown[] = [];
  for (let index = 0; index < 5; index++) held.push(await fs.open(path));
  const closed = await fs.open(path);
  await closed.close();
  // Counted while they are held: a collection may come at any time.
  const open = count();
  held.length = 0;
  return open;
}
const left = await leave();
for (let round = 0; round < 100 && count() > 0; round++) {
  (globalThis as { gc?: () => void }).gc?.();
  await pause(10);
}
const after = count();

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
