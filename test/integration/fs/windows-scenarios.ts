// One scenario by node:fs and by ours, on Windows, on a directory with a few files each.

import { mkdirSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { onlyOnWindows } from '../../support/platforms.ts';
import { type Difference, onWine, testExceptOnWine } from '../../support/windows-differences.ts';
import { type Api, assertSame } from './side-by-side.ts';

export const testOnWindows = onlyOnWindows('attributes, share modes, junctions and pipes of Windows');

export type Scenario = (fs: Api, at: (name: string) => string) => Promise<unknown>;

const comparing = (name: string, scenario: Scenario) => (): Promise<void> =>
  assertSame(name, (fs, directory) => {
    const at = (path: string): string => join(directory, path);
    writeFileSync(at('file'), 'contents');
    writeFileSync(at('other'), 'more');
    mkdirSync(at('full/below'), { recursive: true });
    writeFileSync(at('full/inside'), 'inside');
    mkdirSync(at('empty'));
    return scenario(fs, at);
  });

export function same(name: string, scenario: Scenario): void {
  testOnWindows(name, comparing(name, scenario));
}

export function exceptOnWine(difference: Difference, name: string, run: () => Promise<void>): void {
  if (onWine(difference)) testExceptOnWine(difference, name, run);
  else testOnWindows(name, run);
}

export function sameExceptOnWine(difference: Difference, name: string, scenario: Scenario): void {
  exceptOnWine(difference, name, comparing(name, scenario));
}

export async function told(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await call()) ?? 'done';
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return [code, syscall];
  }
}

export async function toldOf(calls: readonly (() => Promise<unknown>)[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const call of calls) results.push(await told(call));
  return results;
}

export async function withHandle<Value>(
  fs: Api,
  path: string,
  flags: string | number,
  use: (file: FileHandle) => Promise<Value>,
): Promise<Value> {
  const file = await fs.open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
