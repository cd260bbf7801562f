// How long operations that hang take to settle once they are aborted.

/** What an abort waits for a system that does not answer; the package's default. */
export const detachAfterMs = 100;

/** The bound of the slowest: that time, and what a turn of the event loop may take. */
export const settledWithinMs = detachAfterMs + 50;

/** Aborts; milliseconds until the last of the operations was rejected. */
export async function slowestSettlement(
  controller: AbortController,
  pending: readonly Promise<unknown>[],
): Promise<number> {
  const times = pending.map((operation) =>
    operation.then(
      () => {
        throw new Error('the operation finished although nothing could finish it');
      },
      () => performance.now(),
    ),
  );
  const begin = performance.now();
  controller.abort();
  return Math.max(...(await Promise.all(times))) - begin;
}
