// Calls of the public interface, dressed as the contract looks at operations.

import * as assert from 'uvu/assert';
import type { OperationOptions } from '../../../src/runtime/operation.ts';
import type { Started } from '../../support/operations.ts';
import { Trace } from '../../support/operations.ts';
import type { Closable } from '../stage.ts';

/** Makes a call; `toNumber` says what its value counts for. `views` is memory the caller lends. */
export function call<Value>(
  views: readonly Uint8Array[],
  begin: () => Promise<Value>,
  toNumber: (value: Value, trace: Trace) => number,
): Started {
  const trace = new Trace(views);
  const promise = begin().then((value) => {
    trace.completions++;
    return toNumber(value, trace);
  });
  return { promise, trace };
}

/** A call that returns its bytes in memory of its own; they become the trace's. */
export function callForBytes(begin: () => Promise<Uint8Array>): Started {
  const views: Uint8Array[] = [];
  return call(views, begin, (bytes) => {
    views.push(bytes);
    return bytes.byteLength;
  });
}

/** Remembers that close() was called, which the public objects need not tell. */
export function closable(owner: { close(): Promise<void> }): Closable {
  let closing = false;
  return {
    get closing() {
      return closing;
    },
    close() {
      closing = true;
      return owner.close();
    },
  };
}

/** Everything `next` gives until it is silent for a while. */
export async function untilSilent<Value>(next: (options: OperationOptions) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for (;;) {
    try {
      values.push(await next({ timeoutMs: 40 }));
    } catch (error) {
      assert.is((error as Error).name, 'TimeoutError', String(error));
      return values;
    }
  }
}
