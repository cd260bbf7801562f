// Which operations lend a buffer to the kernel, and when they no longer do.

import type { AnyKind } from './operation.ts';
import { type Slot, SlotState } from './slot.ts';

/** Whether the kernel has, or is about to get, memory of `buffer` for this operation. */
export function lends(slot: Slot, buffer: ArrayBufferLike): boolean {
  if (slot.state === SlotState.free) return false;
  const memory = (slot.kind as AnyKind).memoryOf?.(slot.resource) ?? null;
  if (memory === null) return false;
  const views: readonly ArrayBufferView[] = ArrayBuffer.isView(memory) ? [memory] : memory;
  return views.some((view) => view.buffer === buffer);
}

/** Resolves when the kernel is done with the operation, or it was taken back. */
export function untilQuiescent(slot: Slot): Promise<void> {
  return new Promise((resolve) => {
    slot.quiescence ??= [];
    slot.quiescence.push(resolve);
  });
}
