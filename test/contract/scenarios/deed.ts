// What a deed is: an operation that never waits, with a way to see whether it has happened.

import { mkdirSync, type Stats, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from '../../../src/binding.ts';
import { closeNow } from '../../support/descriptors.ts';
import type { Arguments, OperationName, Trace } from '../../support/operations.ts';
import { outside } from '../../support/outside.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { onWine } from '../../support/windows-differences.ts';

export interface Act {
  given: Arguments;
  /** Whether it has happened; absent where nothing can be seen. */
  happened?(trace: Trace, value: number): boolean;
  close?(): void;
}

export interface Deed {
  name: string;
  operation: OperationName;
  onThreads: boolean;
  onTinyRings: boolean;
  makesDescriptor: boolean;
  /** Whether it is about a symbolic link, which Wine does not make. */
  needsLinks: boolean;
  prepare(): Act | Promise<Act>;
}

export const directory = temporaryDirectory();
const isRoot = process.getuid?.() === 0;
/** The arguments of a change of owner: root alone can give a file away. */
export const newOwner = isRoot ? { argument0: 4321, argument1: 8765 } : { argument0: -1, argument1: -1 };
let made = 0;
export const name = (): string => join(directory, `deed-${made++}`);
export const contents = 'the contents';

export function file(): string {
  const path = name();
  writeFileSync(path, contents);
  return path;
}

export function emptyDirectory(): string {
  const path = name();
  mkdirSync(path);
  return path;
}

export function link(): string {
  const path = name();
  symlinkSync('target', path);
  return path;
}

/** Whether the file has the new owner; who is not root sees only that keeping the own one is granted. */
export function ownerSeen(status: () => Stats): Pick<Act, 'happened'> {
  if (!isRoot) return {};
  return { happened: () => status().uid === newOwner.argument0 && status().gid === newOwner.argument1 };
}

/** The mode of a file that only its owner reads; of modes Windows keeps whether a file may be written to. */
export const readOnly = platform === 'win32' ? 0o444 : 0o400;

/** Operations that the lanes of this system do not have. */
export const elsewhere: readonly OperationName[] =
  platform === 'win32'
    ? ['fileWriteWhole', 'readable', 'watchAdd']
    : ['directoryWatchOpen', 'directoryWatchRead', 'pipeConnect', 'pipeListen', 'socketSendFile'];

/** All of them, once the modules that describe them are loaded. */
export const everyDeed: Deed[] = [];

/** Whether it can be done here. */
export function isPossible({ needsLinks }: Deed): boolean {
  return !(needsLinks && onWine('symbolicLinksVanish'));
}
export function deed(operation: OperationName, prepare: Deed['prepare'], more: Partial<Deed> = {}): void {
  if (elsewhere.includes(operation)) return;
  everyDeed.push({
    name: operation,
    operation,
    onThreads: true,
    onTinyRings: true,
    makesDescriptor: false,
    needsLinks: false,
    prepare,
    ...more,
  });
}

/** A deed on the descriptor of a fresh file. */
export function onFile(operation: OperationName, act: (descriptor: number, path: string) => Omit<Act, 'close'>): void {
  deed(operation, async () => {
    const path = file();
    const descriptor = await outside.openFile(path);
    return { ...act(descriptor, path), close: () => closeNow(descriptor) };
  });
}
