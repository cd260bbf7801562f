// Memory the lanes know.

import { binding } from '../binding.ts';
import { checkInteger, invalidType, invalidValue } from '../errors.ts';
import { isDetached } from './memory.ts';
import { runtime } from './runtime.ts';

const largest = 1024 ** 3;

/**
 * A zeroed buffer, registered with the kernel where that makes file transfers cheaper (io_uring), plain
 * memory where it does not or the limit for locked memory (RLIMIT_MEMLOCK) is reached. Use one for many
 * operations; parts of it (`subarray`) serve as well.
 *
 * @param bytes 1 to 1 GiB
 * @throws RangeError ERR_OUT_OF_RANGE, TypeError ERR_INVALID_ARG_TYPE
 * @example
 * import { allocate } from 'rescind';
 * const buffer = allocate(64 * 1024);
 */
export function allocate(bytes: number): Buffer {
  checkInteger(bytes, 'bytes', 1, largest);
  runtime.open();
  // On whole pages the kernel locks none it does not need, and the memory serves O_DIRECT too.
  const page = 4096;
  const memory = new ArrayBuffer(bytes + page);
  const view = new Uint8Array(memory);
  const offset = (page - (binding.pin(memory, view) % page)) % page;
  binding.registerBuffer(memory);
  return Buffer.from(memory, offset, bytes);
}

/**
 * Resolves when the kernel holds no part of `buffer`: after an operation with `detach: true` was aborted, the
 * memory must not be used before.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for a detached ArrayBuffer
 * @example
 * import { quiescent } from 'rescind';
 * await quiescent(buffer);
 */
export function quiescent(buffer: ArrayBufferLike | ArrayBufferView): Promise<void> {
  const memory = ArrayBuffer.isView(buffer) ? buffer.buffer : buffer;
  if (!(memory instanceof ArrayBuffer) && !(memory instanceof SharedArrayBuffer)) {
    throw invalidType(
      'buffer',
      'an instance of ArrayBuffer, SharedArrayBuffer, Buffer, TypedArray, or DataView',
      buffer,
    );
  }
  if (isDetached(memory)) throw invalidValue('buffer', 'is detached', buffer);
  return runtime.quiescent(memory);
}
