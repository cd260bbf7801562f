// Addresses of buffers the kernel borrows. The native side pins the memory behind a buffer the first time
// it is used, until the buffer object is collected: transferring the buffer away in the middle of an
// operation leaves the kernel with memory that is still there.

import { binding } from '../binding.ts';
import { invalidType, invalidValue } from '../errors.ts';

const addresses = new WeakMap<ArrayBufferLike, number>();

/** Address of the first byte of a view. Of an empty one it is that of nothing. */
export function addressOf(view: ArrayBufferView): number {
  const buffer = view.buffer;
  return (addresses.get(buffer) ?? pin(buffer)) + view.byteOffset;
}

function pin(buffer: ArrayBufferLike): number {
  if (buffer.byteLength === 0) return 0;
  const base = binding.pin(buffer, new Uint8Array(buffer));
  addresses.set(buffer, base);
  return base;
}

// Where the platform cannot say (Node 20 has no ArrayBuffer.prototype.detached) a typed array over a detached
// buffer throws on construction.
export function isDetached(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength !== 0 || !(buffer instanceof ArrayBuffer)) return false;
  const { detached } = buffer as ArrayBuffer & { detached?: boolean };
  if (detached !== undefined) return detached;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** Bytes of a view. The engine answers `length` faster than `byteLength`, and most views are of bytes. */
export function bytesOf(view: ArrayBufferView): number {
  return view instanceof Uint8Array ? view.length : view.byteLength;
}

/** Throws unless `value` is a view of attached memory. */
export function checkView(value: unknown, name: string): asserts value is NodeJS.ArrayBufferView {
  checkedBytes(value, name);
}

/** The same; returns the bytes of the view. */
export function checkedBytes(value: unknown, name: string): number {
  if (!ArrayBuffer.isView(value)) {
    throw invalidType(name, 'an instance of Buffer, TypedArray, or DataView', value);
  }
  const bytes = bytesOf(value);
  if (bytes === 0 && isDetached(value.buffer)) {
    throw invalidValue(name, 'is a view of a detached ArrayBuffer', value);
  }
  return bytes;
}

/** The (address, length) pairs of several views, as vectored operations are given them. */
export function vectorOf(views: readonly ArrayBufferView[]): Uint8Array {
  const pairs = new Float64Array(views.length * 2);
  let at = 0;
  for (const view of views) {
    pairs[at++] = addressOf(view);
    pairs[at++] = view.byteLength;
  }
  return new Uint8Array(pairs.buffer);
}
