// A pause inside a call, which ends with the call.

import { Operation } from '../wire/operations.ts';
import { defineKind, type OperationOptions } from './operation.ts';
import { runtime } from './runtime.ts';

const timer = defineKind<void, undefined>({
  name: 'timer',
  operation: Operation.timer,
  syscall: 'timer',
  memory: 'none',
  complete: () => undefined,
});

/** Resolves after `ms` milliseconds, or rejects as the options say. */
export function delay(ms: number, options: OperationOptions | undefined): Promise<void> {
  return runtime.start(timer, undefined, null, options, -1, 0, 0, ms);
}
