// Operations that finish at once whenever they run: at every moment of abort they have either happened and
// resolve, or not happened and reject with the reason.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtime } from '../../src/runtime/runtime.ts';
import { onBackends, rings, threads, tinyRings } from '../support/backends.ts';
import { deadline, macrotask, occupyThread } from '../support/deadline.ts';
import { assertSameDescriptors, closeNow, openDescriptors } from '../support/descriptors.ts';
import { listenersOf } from '../support/listeners.ts';
import { start } from '../support/operations.ts';
import { outside } from '../support/outside.ts';
import { warmRuntime } from '../support/warm.ts';
import { type Deed, everyDeed, isPossible } from './scenarios/deeds.ts';

const reason = { why: 'the test says so' };

const moments: Record<string, (controller: AbortController) => Promise<void>> = {
  'aborted in the tick of the call': async (controller) => controller.abort(reason),
  'aborted a microtask after the call': async (controller) => {
    await Promise.resolve();
    controller.abort(reason);
  },
  'aborted two microtasks after the call': async (controller) => {
    await Promise.resolve();
    await Promise.resolve();
    controller.abort(reason);
  },
  'aborted when the kernel is done': async (controller) => {
    await Promise.resolve();
    occupyThread(1);
    controller.abort(reason);
  },
  'aborted a turn later': async (controller) => {
    await macrotask();
    controller.abort(reason);
  },
};

async function judge(
  deed: Deed,
  options: { signal?: AbortSignal; timeoutMs?: number },
  moment: () => Promise<void>,
): Promise<void> {
  const { given, happened, close } = await deed.prepare();
  const { promise, trace } = start(deed.operation, given, options);
  const settled = promise.then(
    (value) => ({ value, error: undefined as unknown }),
    (error: unknown) => ({ value: undefined, error }),
  );
  await moment();
  const { value, error } = await deadline(settled, deed.name);
  if (value !== undefined && deed.makesDescriptor) {
    assert.ok(outside.isOpen(value), 'a descriptor that is open');
    closeNow(value);
  }
  if (value === undefined) {
    const expected = options.signal !== undefined ? error === reason : (error as Error).name === 'TimeoutError';
    assert.ok(expected, `rejected with the reason, not ${String(error)}`);
  }
  assert.is(trace.completions, value === undefined ? 0 : 1);
  if (happened !== undefined) {
    assert.is(
      happened(trace, value ?? -1),
      value !== undefined,
      value === undefined ? 'rejected, yet it happened' : 'resolved, yet it did not happen',
    );
  }
  if (options.signal !== undefined) {
    await macrotask();
    assert.is(listenersOf(options.signal), 0);
  }
  close?.();
}

onBackends(import.meta.url, [rings, tinyRings, threads], (backend) => {
  runtime.configure(backend.settings);
  for (const deed of everyDeed) {
    if (!isPossible(deed)) {
      // Wine makes no symbolic links.
      test.skip(deed.name);
      continue;
    }
    if (backend === threads && !deed.onThreads) continue;
    if (backend === tinyRings && !deed.onTinyRings) continue;
    test(`${deed.name} resolves when nobody takes it back`, async () => {
      await warmRuntime();
      const before = openDescriptors();
      const controller = new AbortController();
      await judge(deed, { signal: controller.signal }, async () => {});
      await assertSameDescriptors(before, deed.name);
    });
    for (const [name, moment] of Object.entries(moments)) {
      test(`${deed.name}, ${name}`, async () => {
        const before = openDescriptors();
        for (let round = 0; round < 4; round++) {
          const controller = new AbortController();
          await judge(deed, { signal: controller.signal }, () => moment(controller));
        }
        await assertSameDescriptors(before, deed.name);
      });
    }
    test(`${deed.name}, aborted before the call`, async () => {
      await judge(deed, { signal: AbortSignal.abort(reason) }, async () => {});
    });
    test(`${deed.name}, with a deadline that may pass`, async () => {
      const before = openDescriptors();
      for (const timeoutMs of [0, 0.001, 0.1, 1]) await judge(deed, { timeoutMs }, async () => {});
      await assertSameDescriptors(before, deed.name);
    });
  }
});
