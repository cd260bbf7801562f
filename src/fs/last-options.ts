// The options object that calls have behind the arguments of node:fs.

import { checkBoolean } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';

const known = knownOptions();

/** Throws for a last argument that is no options object of an operation. */
export function checkLast(options: unknown): asserts options is OperationOptions | undefined {
  if (options !== undefined) checkOptions(options, known);
}

/** Whether an optional argument was left out and the options stand in its place. */
export function isOptions(value: unknown): value is OperationOptions {
  return typeof value === 'object' && value !== null;
}

/** A boolean option, false when absent. */
export function booleanOption(value: unknown, name: string): boolean {
  if (value === undefined) return false;
  checkBoolean(value, `options.${name}`);
  return value;
}
