// What the threads of the pool are doing, as /proc tells it.

import { readdirSync, readFileSync } from 'node:fs';
import { pause, until } from './deadline.ts';

function read(thread: string, what: string): string {
  try {
    return readFileSync(`/proc/self/task/${thread}/${what}`, 'utf8').trim();
  } catch {
    // It has ended.
    return '';
  }
}

function threads(): string[] {
  return readdirSync('/proc/self/task');
}

function hanging(): number {
  return threads().filter(
    (thread) => read(thread, 'comm') === 'rescind-pool' && /pipe|partner/.test(read(thread, 'wchan')),
  ).length;
}

/** Waits until so many threads of the pool are inside of a call on a FIFO that does not come back. */
export async function untilThreadsHang(count: number): Promise<void> {
  // Where the kernel does not say what threads wait for (idle ones of Node's do), they are given time instead.
  if (threads().every((thread) => read(thread, 'wchan').length <= 1)) await pause(200);
  else await until(() => hanging() >= count, `${count} threads that hang`);
}
