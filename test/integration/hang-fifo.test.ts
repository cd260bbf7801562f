// FIFOs nobody opens at the other end, the four of which stop node:fs: everything else goes on.

import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../src/runtime/runtime.ts';
import { DescriptorFlag } from '../../src/wire/layout.ts';
import { type Backend, onBackends, rings, threads } from '../support/backends.ts';
import { deadline, macrotask, until } from '../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../support/descriptors.ts';
import { fifo } from '../support/fifo.ts';
import { start } from '../support/operations.ts';
import { onWindows } from '../support/platforms.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { warmRuntime } from '../support/warm.ts';
import { otherWork, readsAndLookups } from './hung-neighbours.ts';

const directory = temporaryDirectory();
const reason = { why: 'the test says so' };
const hung = 64;

function openFifo(path: string, signal: AbortSignal): ReturnType<typeof start> {
  return start('fileOpen', { bytes: path, argument0: constants.O_RDONLY, flags: DescriptorFlag.mayBlock }, { signal });
}

/** Lets every open go on that still waits, or will: the other ends stay until all have come. */
async function endOpens(fifos: readonly string[]): Promise<void> {
  const peers = fifos.map((one) => openSync(one, constants.O_RDWR | constants.O_NONBLOCK));
  await until(() => runtime.counts().detached === 0, 'detached opens to end');
  for (const peer of peers) closeSync(peer);
}

function define({ settings, name }: Backend): void {
  runtime.configure(settings);
  const path = join(directory, 'file');
  writeFileSync(path, Buffer.alloc(65536, 7));

  test('an aborted open of a FIFO settles although nobody ever comes', async () => {
    await warmRuntime();
    const before = openDescriptors();
    const controller = new AbortController();
    const fifos = Array.from({ length: 8 }, () => fifo(directory));
    const opens = fifos.map((one) => openFifo(one, controller.signal));
    const settled = opens.map(({ promise }) => promise.catch((error: unknown) => error));
    await macrotask();
    const from = performance.now();
    controller.abort(reason);
    for (const error of await deadline(Promise.all(settled), 'aborted opens')) assert.is(error, reason);
    console.log(`${name}: 8 opens told ${(performance.now() - from).toFixed(1)} ms after the abort`);
    // What the kernel has not given up yet is closed behind the caller's back when it comes.
    await endOpens(fifos);
    await assertSameDescriptors(before, 'aborted opens');
  });

  // On threads 64 calls that nobody has given up hold all threads there are: the limit of that lane.
  const alive = name === threads.name ? 8 : hung;
  test(`${alive} hung opens leave other work going`, async () => {
    await warmRuntime();
    const descriptor = openSync(path, 'r');
    const free = await otherWork(() => readsAndLookups(descriptor, path));
    const controller = new AbortController();
    const fifos = Array.from({ length: alive }, () => fifo(directory));
    const settled = fifos.map((one) => openFifo(one, controller.signal).promise.catch((error: unknown) => error));
    await macrotask();
    assert.is(runtime.counts().inFlight, alive);
    const busy = await otherWork(() => readsAndLookups(descriptor, path));
    console.log(`${name}: with ${alive} FIFOs hung, other work at ${(busy / free).toFixed(2)} of its rate`);
    controller.abort(reason);
    for (const error of await deadline(Promise.all(settled), 'aborted opens')) assert.is(error, reason);
    const after = await otherWork(() => readsAndLookups(descriptor, path));
    console.log(`${name}: after their abort, at ${(after / free).toFixed(2)} of its rate`);
    await endOpens(fifos);
    closeSync(descriptor);
  });

  test(`${hung} hung opens, all of them aborted, leave other work going`, async () => {
    const descriptor = openSync(path, 'r');
    const controller = new AbortController();
    const fifos = Array.from({ length: hung }, () => fifo(directory));
    const settled = fifos.map((one) => openFifo(one, controller.signal).promise.catch((error: unknown) => error));
    await macrotask();
    controller.abort(reason);
    for (const error of await deadline(Promise.all(settled), 'aborted opens')) assert.is(error, reason);
    await otherWork(() => readsAndLookups(descriptor, path));
    await endOpens(fifos);
    closeSync(descriptor);
  });
}

if (onWindows) {
  // There are no FIFOs; opens of named pipes that hang are scenes of test/contract.
  test.skip('opens of FIFOs nobody opens at the other end');
  test.run();
} else {
  onBackends(import.meta.url, [rings, threads], define);
}
