// Opens that wait for somebody else: of a FIFO whose other end nobody has opened, and on Windows of a named pipe all of
// whose instances have clients.

import { constants } from 'node:fs';
import { platform } from '../../src/binding.ts';
import type { OperationOptions } from '../../src/runtime/operation.ts';
import { DescriptorFlag } from '../../src/wire/layout.ts';
import { fifo } from './fifo.ts';
import { perform } from './operations.ts';
import { outsideAddon } from './windows/outside.ts';
import { bufferBytes, pipeName } from './windows/pipe.ts';

/** What to open, and what keeps it from being opened. */
export interface HangingPath {
  path: string;
  /** Gives up what keeps it; the open may go on to wait, or fail. */
  close(): void;
}

export function hangingPath(directory: string): HangingPath {
  if (platform !== 'win32') return { path: fifo(directory), close: () => {} };
  const path = pipeName();
  const ends = [outsideAddon().pipeListen(path, bufferBytes), outsideAddon().pipeOpen(path)];
  return {
    path,
    close: () => {
      for (const end of ends) outsideAddon().close(end);
    },
  };
}

/** Begins to open it. */
export function openHanging(path: string, options?: OperationOptions): Promise<number> {
  if (platform === 'win32') return perform('pipeConnect', { bytes: path }, options);
  const given = { bytes: path, argument0: constants.O_RDONLY, flags: DescriptorFlag.mayBlock };
  return perform('fileOpen', given, options);
}
