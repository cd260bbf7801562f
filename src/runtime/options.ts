// Checks of what every call takes besides its own arguments.

import { checkBoolean, invalidType, invalidValue, outOfRange } from '../errors.ts';
import type { OperationOptions } from './operation.ts';

/** Longest timeoutMs and detachAfterMs, in milliseconds: what a timer of the platform holds. */
export const longestMs = 2 ** 31 - 1;

const operationOptionNames = ['signal', 'timeoutMs', 'detach', 'detachAfterMs'] as const;

/** The options an entry point knows: its own and those of every operation. */
export function knownOptions(...own: string[]): ReadonlySet<string> {
  return new Set<string>([...operationOptionNames, ...own]);
}

/**
 * Throws for an options argument that is no object, and for an unknown option that looks like a misspelling
 * of a known one: `{singal}` would otherwise be an operation nobody can take back.
 */
export function checkOptions(options: unknown, known: ReadonlySet<string>): asserts options is OperationOptions {
  if (typeof options !== 'object' || options === null) throw invalidType('options', 'of type object', options);
  for (const name in options) {
    if (!known.has(name)) {
      const meant = nearest(name, known);
      if (meant !== undefined) {
        throw invalidValue(
          `options.${name}`,
          `is not an option; did you mean '${meant}'?`,
          (options as Record<string, unknown>)[name],
        );
      }
    }
  }
}

function nearest(name: string, known: ReadonlySet<string>): string | undefined {
  const lower = name.toLowerCase();
  for (const candidate of known) {
    const most = candidate.length <= 4 ? 1 : 2;
    if (Math.abs(candidate.length - name.length) <= most && distance(lower, candidate.toLowerCase()) <= most) {
      return candidate;
    }
  }
  return undefined;
}

// Edit distance with neighbouring letters exchanged counting one.
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (previous[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (previous[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] as number) + 1);
      }
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] as number;
}

/** Throws unless `value` is an AbortSignal of this realm. */
export function checkSignal(value: unknown): asserts value is AbortSignal {
  if (!(value instanceof AbortSignal)) throw invalidType('options.signal', 'an instance of AbortSignal', value);
}

/** Throws unless `value` is a duration in milliseconds; Infinity means never. */
export function checkMilliseconds(value: unknown, name: string): asserts value is number {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (value === Number.POSITIVE_INFINITY) return;
  if (!(value >= 0 && value <= longestMs)) throw outOfRange(name, `>= 0 && <= ${longestMs}, or Infinity`, value);
}

/** Throws unless `value` may be given as `detach`. */
export function checkDetach(value: unknown): asserts value is boolean {
  checkBoolean(value, 'options.detach');
}

/** Throws unless these may be the options of their names of an operation; absent ones may. */
export function checkLimits(signal: unknown, timeoutMs: unknown, detach: unknown, detachAfterMs: unknown): void {
  if (signal !== undefined) checkSignal(signal);
  if (timeoutMs !== undefined) checkMilliseconds(timeoutMs, 'options.timeoutMs');
  if (detach !== undefined) checkDetach(detach);
  if (detachAfterMs !== undefined) checkMilliseconds(detachAfterMs, 'options.detachAfterMs');
}
