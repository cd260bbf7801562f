// Everything but the adapters.

import { configure } from './runtime/configure.ts';
import { info } from './runtime/info.ts';
import { stats } from './runtime/stats.ts';

export * as dgram from './dgram/index.ts';
export * as dns from './dns/index.ts';
export type { SystemError } from './errors.ts';
export * as fs from './fs/index.ts';
export * as net from './net/index.ts';
export * as qos from './qos/index.ts';
export { allocate, quiescent } from './runtime/allocate.ts';
export type { RuntimeInfo } from './runtime/info.ts';
export type { OperationOptions } from './runtime/operation.ts';
export type { Settings } from './runtime/settings.ts';
export type { RuntimeStats } from './runtime/stats.ts';

/** The runtime of this thread: what it runs on, what it is doing, and its settings. */
export const runtime = { configure, info, stats } as const;
