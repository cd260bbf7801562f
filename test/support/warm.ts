// What a runtime opens once and keeps (its ring, its table of mounts, its threads' event) must not look like
// a descriptor that an operation left open.

import { perform } from './operations.ts';

/** Has the runtime open everything it opens once. */
export async function warmRuntime(): Promise<void> {
  await perform('noop');
  const descriptor = await perform('fileOpen', { bytes: process.execPath });
  await perform('fileStatus', { on: descriptor });
  await perform('handleClose', { on: descriptor });
  await perform('pathStatus', { bytes: '/', argument0: 1 });
  await perform('pathAccess', { bytes: '/' });
}
