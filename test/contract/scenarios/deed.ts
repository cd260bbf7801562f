// What a deed is: an operation that never waits, with a way to see whether it has happened.

import { closeSync, constants, mkdirSync, openSync, type Stats, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arguments, OperationName, Trace } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

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

/** All of them, once the modules that describe them are loaded. */
export const everyDeed: Deed[] = [];
export function deed(operation: OperationName, prepare: Deed['prepare'], more: Partial<Deed> = {}): void {
  everyDeed.push({
    name: operation,
    operation,
    onThreads: true,
    onTinyRings: true,
    makesDescriptor: false,
    prepare,
    ...more,
  });
}

/** A deed on the descriptor of a fresh file. */
export function onFile(operation: OperationName, act: (descriptor: number, path: string) => Omit<Act, 'close'>): void {
  deed(operation, () => {
    const path = file();
    const descriptor = openSync(path, constants.O_RDWR);
    return { ...act(descriptor, path), close: () => closeSync(descriptor) };
  });
}
