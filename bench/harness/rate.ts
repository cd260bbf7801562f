// Operations per second with a fixed number in flight: as many loops, each awaiting one after another.

import type { Sample } from './scenario.ts';

/**
 * @param start starts operation `index` of loop `loop`
 * @param check throws when a result is not what it must be
 */
export async function rate<Result>(
  inFlight: number,
  seconds: number,
  start: (loop: number) => Promise<Result>,
  check: (result: Result) => void,
): Promise<Sample> {
  const before = process.cpuUsage();
  const begin = performance.now();
  const end = begin + seconds * 1000;
  let operations = 0;
  let running = true;
  async function repeat(loop: number): Promise<void> {
    try {
      while (running) {
        check(await start(loop));
        if ((++operations & 63) === 0 && performance.now() >= end) running = false;
      }
    } finally {
      running = false;
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, loop) => repeat(loop)));
  const elapsed = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { value: operations / elapsed, cpuMicroseconds: (user + system) / operations };
}

/**
 * Operations per second of as many loops. Unlike rate() it counts for a time and leaves: operations that hang never come
 * back by themselves. The promise is that of the loops' ends.
 */
export async function countFor(
  inFlight: number,
  seconds: number,
  start: (loop: number) => Promise<unknown>,
): Promise<[number, Promise<void>]> {
  let operations = 0;
  let running = true;
  async function repeat(loop: number): Promise<void> {
    while (running) {
      await start(loop);
      operations++;
    }
  }
  const begin = performance.now();
  const ended = Promise.all(Array.from({ length: inFlight }, (_, loop) => repeat(loop)));
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  running = false;
  return [operations / ((performance.now() - begin) / 1000), ended.then(() => {})];
}
