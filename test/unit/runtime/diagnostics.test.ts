// Tracing channels, one per kind of operation.

import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defineKind } from '../../../src/runtime/operation.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { Operation } from '../../../src/wire/operations.ts';

const traced = defineKind<number, undefined>({
  name: 'traced',
  operation: Operation.timer,
  syscall: 'timer',
  memory: 'none',
  complete: (result) => result,
});

function run(ms: number, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<number> {
  return runtime.start(traced, undefined, null, options, -1, 7, 0, ms);
}

interface Event {
  name: string;
  context: { operation: string; handle: number; length: number; offset: number; result?: unknown; error?: unknown };
}

function listen(): { events: Event[]; stop: () => void } {
  const events: Event[] = [];
  const channel = tracingChannel('rescind:traced');
  const note =
    (name: string) =>
    (context: unknown): void =>
      void events.push({ name, context: context as Event['context'] });
  const handlers = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [name, note(name)]),
  ) as unknown as Parameters<typeof channel.subscribe>[0];
  channel.subscribe(handlers);
  return { events, stop: () => void channel.unsubscribe(handlers) };
}

test('a resolved operation is told from its start to its end, with one context', async () => {
  const { events, stop } = listen();
  assert.is(await run(1), 0);
  stop();
  assert.equal(
    events.map(({ name }) => name),
    ['start', 'end', 'asyncStart', 'asyncEnd'],
  );
  const context = events[0]?.context as Event['context'];
  assert.ok(events.every((event) => event.context === context));
  assert.equal([context.operation, context.handle, context.length, context.offset], ['traced', -1, 7, 1]);
  assert.is(context.result, 0);
});

test('a rejected one is told with its error, which is the reason itself', async () => {
  const { events, stop } = listen();
  const controller = new AbortController();
  const pending = run(60_000, { signal: controller.signal }).catch((error: unknown) => error);
  setTimeout(() => controller.abort('traced abort'), 5);
  assert.is(await pending, 'traced abort');
  stop();
  assert.equal(
    events.map(({ name }) => name),
    ['start', 'end', 'error', 'asyncStart', 'asyncEnd'],
  );
  assert.is(events[2]?.context.error, 'traced abort');
});

test('an operation that never began is not told of', async () => {
  const { events, stop } = listen();
  await run(1, { signal: AbortSignal.abort('before') }).catch(() => {});
  await run(1, { timeoutMs: 0 }).catch(() => {});
  assert.throws(() => run(1, { timeoutMs: -1 }));
  stop();
  assert.equal(events, []);
});

test('nothing is told when nobody listens any more', async () => {
  const { events, stop } = listen();
  stop();
  await run(1);
  assert.equal(events, []);
  assert.not(traced.channel.hasSubscribers);
});

test('the store of an AsyncLocalStorage is that of the call in its continuation', async () => {
  const storage = new AsyncLocalStorage<string>();
  const found = await Promise.all(
    ['a', 'b', 'c'].map((name, index) =>
      storage.run(name, async () => {
        await run(index === 1 ? 5 : 1);
        return storage.getStore();
      }),
    ),
  );
  assert.equal(found, ['a', 'b', 'c']);
});

test.run();
