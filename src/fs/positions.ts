// What has no positions, a FIFO or a terminal, refuses a transfer at one with ESPIPE. io_uring would ignore the
// position, so that bytes of a stream went to whoever asked for other ones.

import { systemErrorByCode } from '../errors.ts';
import { defineKind, type OperationKind, type OperationOptions } from '../runtime/operation.ts';
import { Operation } from '../wire/operations.ts';
import type { OpenFile } from './open-file.ts';

const readRefused = refusalOf('fileRead', 'read');
const writeRefused = refusalOf('fileWrite', 'write');

// An operation all the same: an aborted signal and a closed handle come first.
function refusalOf(name: string, syscall: string): OperationKind<never, undefined> {
  return defineKind<never, undefined>({
    name,
    operation: Operation.noop,
    syscall,
    memory: 'none',
    complete: () => {
      throw systemErrorByCode('ESPIPE', syscall);
    },
  });
}

/** The rejection of a read at `position`, null when the file can be read there. */
export function refusedRead(
  file: OpenFile,
  position: number,
  options: OperationOptions | undefined,
): Promise<never> | null {
  if (position < 0 || !file.refusesReadAt) return null;
  return file.runtime.start(readRefused, undefined, file, options);
}

/** The same for a write. */
export function refusedWrite(
  file: OpenFile,
  position: number,
  options: OperationOptions | undefined,
): Promise<never> | null {
  if (position < 0 || !file.refusesWriteAt) return null;
  return file.runtime.start(writeRefused, undefined, file, options);
}
