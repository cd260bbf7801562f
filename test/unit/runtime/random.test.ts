// Random operations, aborts, deadlines and closes, several times over: every promise settles once, with one of
// the outcomes its operation may have, and afterwards nothing is left of any of them.
// time limit: 300 s

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configure } from '../../../src/runtime/configure.ts';
import { Handle } from '../../../src/runtime/handle.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { onBackends, rings, threads, tinyRings } from '../../support/backends.ts';
import { deadline, macrotask, until } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { Pipe } from '../../support/fifo.ts';
import { listenersOf } from '../../support/listeners.ts';
import { perform, start } from '../../support/operations.ts';
import { onWindows } from '../../support/platforms.ts';
import { Random } from '../../support/random.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { warmRuntime } from '../../support/warm.ts';

const directory = temporaryDirectory();

class Scene {
  readonly random: Random;
  readonly controllers = Array.from({ length: 6 }, () => new AbortController());
  readonly pipes: { pipe: Pipe; handle: Handle }[] = [];
  readonly outcomes: Promise<void>[] = [];
  written = 0;
  read = 0;
  /** What nobody read. */
  left = 0;

  constructor(random: Random) {
    this.random = random;
    for (let count = 0; count < 3; count++) {
      const pipe = new Pipe(directory);
      this.pipes.push({ pipe, handle: new Handle(runtime, pipe.descriptor) });
    }
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)] as T;
  }

  #options(): { signal?: AbortSignal; timeoutMs?: number } {
    const options: { signal?: AbortSignal; timeoutMs?: number } = {};
    if (this.random.next() < 0.6) options.signal = this.#pick(this.controllers).signal;
    if (this.random.next() < 0.3) options.timeoutMs = this.random.below(12);
    return options;
  }

  #expect(promise: Promise<number>, allowed: readonly string[]): void {
    this.outcomes.push(
      promise.then(
        (value) => assert.ok(value >= 0),
        (error: unknown) => {
          const word = typeof error === 'string' ? error : ((error as NodeJS.ErrnoException).code ?? '');
          const name = (error as Error).name === 'TimeoutError' ? 'TimeoutError' : word;
          assert.ok(allowed.includes(name), `seed ${this.random.seed}: ${String(error)}`);
        },
      ),
    );
  }

  step(): void {
    const ended = ['aborted', 'TimeoutError'];
    const choice = this.random.below(100);
    if (choice < 30) this.#expect(perform('noop', {}, this.#options()), ended);
    else if (choice < 40) this.#expect(perform('timer', { offset: this.random.below(8) }, this.#options()), ended);
    else if (choice < 50) this.#expect(perform('pathAccess', { bytes: '/' }, this.#options()), ended);
    else if (choice < 58)
      this.#expect(perform('pathStatus', { bytes: '/none' }, this.#options()), [...ended, 'ENOENT']);
    else if (choice < 80) this.#startRead([...ended, 'ECANCELED', 'EBADF']);
    else if (choice < 92) this.written += this.#pick(this.pipes).pipe.write(Buffer.alloc(1 + this.random.below(9)));
    else if (choice < 98) this.#abortOne();
    else this.#pick(this.pipes).handle[this.random.next() < 0.5 ? 'ref' : 'unref']();
  }

  #startRead(allowed: readonly string[]): void {
    const { handle } = this.#pick(this.pipes);
    const views = [Buffer.alloc(1 + this.random.below(16))];
    const { promise } = start('fileRead', { on: handle, views, offset: -1 }, this.#options());
    void promise.then(
      (bytes) => (this.read += bytes),
      () => {},
    );
    this.#expect(promise, allowed);
  }

  #abortOne(): void {
    const at = this.random.below(this.controllers.length);
    this.controllers[at]?.abort('aborted');
    this.controllers[at] = new AbortController();
  }

  // Reads hung in threads of the pool come back only with bytes.
  async end(feed: boolean): Promise<void> {
    for (const controller of this.controllers) controller.abort('aborted');
    // What is on its way to our end of a Windows pipe is gone with that end.
    if (onWindows) for (const { pipe } of this.pipes) this.left += pipe.drain().length;
    const closed = Promise.all(this.pipes.map(({ handle }) => handle.close()));
    let over = false;
    void Promise.allSettled([closed, ...this.outcomes]).then(() => (over = true));
    while (feed && !over) {
      for (const { pipe } of this.pipes) this.written += pipe.write(Buffer.alloc(64));
      await macrotask();
    }
    await deadline(Promise.all([closed, ...this.outcomes]), `seed ${this.random.seed}: all operations`, 60_000);
  }
}

onBackends(import.meta.url, [rings, tinyRings, threads], async ({ name, settings }) => {
  configure(settings);
  await warmRuntime();
  const onThreads = name === 'threads';

  test('every promise settles once and nothing is left', async () => {
    const random = new Random();
    for (let round = 0; round < 12; round++) {
      const before = openDescriptors();
      const scene = new Scene(random);
      const signals = scene.controllers.map(({ signal }) => signal);
      for (let step = 0; step < 1500; step++) {
        scene.step();
        if (random.next() < 0.02) await macrotask();
        else if (random.next() < 0.1) await Promise.resolve();
      }
      await scene.end(onThreads);
      for (const { pipe } of scene.pipes) {
        scene.left += pipe.drain().length;
        pipe.closePeer();
      }
      await until(() => runtime.counts().inFlight === 0, `seed ${random.seed}: nothing in flight`);
      assert.is(scene.read + scene.left, scene.written, `seed ${random.seed}: no byte is lost`);
      assert.equal(runtime.counts().queued, 0);
      assert.equal(runtime.counts().detached, 0);
      for (const signal of signals) assert.is(listenersOf(signal), 0);
      await assertSameDescriptors(before, `seed ${random.seed}, round ${round}`);
    }
    assert.is(stats().submitted, stats().completed);
  });
});
