// Runs the same calls with node:fs/promises and with ours, each in a directory of its own, and compares what
// came of them.

import { mkdirSync } from 'node:fs';
import * as node from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as ours from '../../../src/fs/index.ts';
import { deadline } from '../../support/deadline.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Both have the same calls; the tests use what Node's types say of them. */
export type Api = typeof node;
export const rescind: Api = ours as unknown as Api;

export type Scenario = (fs: Api, directory: string) => Promise<unknown>;

const root = temporaryDirectory();
let runs = 0;

/** Runs the scenario with both and throws unless it gave the same value or failed with the same fields. */
export async function assertSame(what: string, scenario: Scenario): Promise<void> {
  const run = runs++;
  const expected = await outcome(node, scenario, join(root, `node-${run}`));
  const actual = await outcome(rescind, scenario, join(root, `ours-${run}`));
  assert.equal(actual, expected, what);
}

async function outcome(fs: Api, scenario: Scenario, directory: string): Promise<unknown> {
  mkdirSync(directory);
  // Some errors of Node's name the path as it was given to Windows.
  const clean = (text: string): string => (fs === node ? text.replaceAll('\\\\?\\', '') : text);
  const neutral = (text: unknown): unknown =>
    typeof text === 'string'
      ? clean(text)
          .replaceAll(directory, '<directory>')
          // The directory in other words.
          .replaceAll(/(?:node|ours)-\d+/gi, '<run>')
      : text;
  try {
    const value = await deadline(
      (async () => scenario(fs, directory))(),
      `${fs === node ? 'node' : 'rescind'}: ${scenario}`,
    );
    return { value: typeof value === 'string' ? neutral(value) : plain(value) };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const { code, errno, syscall, path, dest, message } = error as NodeJS.ErrnoException & { dest?: string };
    const ofArguments = String(code).startsWith('ERR_') && syscall === undefined;
    // The words about a wrong argument are ours; its code and its kind are Node's.
    if (ofArguments) return { code, kind: error.constructor.name.replace('NodeError', '') || 'Error' };
    return { code, errno, syscall, path: neutral(path), dest: neutral(dest), message: neutral(message) };
  }
}

// Objects without their prototypes, so that a class of ours equals one of Node's with the same fields.
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (Buffer.isBuffer(value)) return `bytes:${value.toString('hex')}`;
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
  }
  return value;
}
