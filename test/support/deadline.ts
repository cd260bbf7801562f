// Tests that wait for something that may never come: every wait ends, with words for what did not happen.

/** How long a wait may take before it counts as hung; generous, for a busy machine. */
export const hungAfterMs = 20_000;

/** The promise, or a rejection when it has not settled in time. */
export async function deadline<T>(promise: PromiseLike<T>, what: string, withinMs = hungAfterMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not settle within ${withinMs} ms`)), withinMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean, what: string, withinMs = hungAfterMs): Promise<void> {
  const end = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(1);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One turn of the event loop, with its check phase. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Keeps the thread busy, so that the kernel finishes something before the event loop can hear of it. */
export function occupyThread(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
