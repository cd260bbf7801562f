// From abort() to the settlement of the slowest of 64 operations that hang on FIFOs.

import { closeSync } from 'node:fs';
import { makeFifos, openBothEnds } from './harness/fifos.ts';
import { blockBytes } from './harness/files.ts';
import type { Instance, Sample, Scenario } from './harness/scenario.ts';
import { detachAfterMs, settledWithinMs, slowestSettlement } from './harness/settlement.ts';

const hung = 64;

// Time for the operations to reach the kernel: one taken back before that would cost nothing.
const settling = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

async function aborter(workspace: string): Promise<Instance> {
  const { open } = await import('rescind/fs');
  const fifos = makeFifos(workspace, hung);

  async function opens(): Promise<number> {
    const controller = new AbortController();
    const { signal } = controller;
    const pending = fifos.map((path) => open(path, 'r', undefined, { signal, detachAfterMs }));
    await settling();
    return slowestSettlement(controller, pending);
  }

  async function reads(): Promise<number> {
    const controller = new AbortController();
    const { signal } = controller;
    const writers = fifos.map(openBothEnds);
    const files = await Promise.all(fifos.map((path) => open(path)));
    const pending = files.map((file) => file.read(Buffer.alloc(blockBytes), { signal, detach: true, detachAfterMs }));
    await settling();
    const slowest = await slowestSettlement(controller, pending);
    await Promise.all(files.map((file) => file.close()));
    for (const writer of writers) closeSync(writer);
    return slowest;
  }

  const measured: Record<string, () => Promise<number>> = { opens, reads };
  const measure = async (point: string): Promise<Sample> => ({ value: await (measured[point] as typeof opens)() });
  return { measure };
}

export const abortHung: Scenario = {
  name: 'abort-hung',
  title: `abort of ${hung} operations that hang on FIFOs, the slowest, detachAfterMs ${detachAfterMs}`,
  unit: 'ms',
  axis: 'hung',
  points: ['opens', 'reads'],
  peers: [{ name: 'rescind', start: aborter }],
  claims: ['opens', 'reads'].map((point) => ({
    work: `hung ${point} of FIFOs settled after abort, slowest, ms`,
    of: { peer: 'rescind', point },
    must: { atMost: settledWithinMs },
  })),
};
