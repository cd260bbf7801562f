// Compiled, never run: what the public surface promises to the compiler.

import {
  allocate,
  type OperationOptions,
  quiescent,
  type RuntimeInfo,
  type RuntimeStats,
  runtime,
  type Settings,
  type SystemError,
} from '../../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function check<_ extends true>(): void {}

check<Same<ReturnType<typeof allocate>, Buffer>>();
check<Same<ReturnType<typeof quiescent>, Promise<void>>>();
check<Same<ReturnType<typeof runtime.info>, RuntimeInfo>>();
check<Same<ReturnType<typeof runtime.stats>, RuntimeStats>>();
check<Same<Parameters<typeof runtime.configure>, [settings: Partial<Settings>]>>();
check<Same<SystemError['code'], string>>();
check<Same<SystemError['path'], string | undefined>>();

const options: OperationOptions = {
  signal: new AbortController().signal,
  timeoutMs: 5,
  detach: true,
  detachAfterMs: 1,
};
// Options that were computed may be undefined.
const computed: OperationOptions = { signal: undefined, timeoutMs: undefined };
runtime.configure({ uring: 'off' });
void quiescent(new Uint8Array(1));
void quiescent(new SharedArrayBuffer(1));

// @ts-expect-error: a misspelling
const misspelled: OperationOptions = { singal: new AbortController().signal };
// @ts-expect-error: not a signal
const likeness: OperationOptions = { signal: { aborted: false } };
// @ts-expect-error: not a number
allocate('4096');
// @ts-expect-error: no such setting
runtime.configure({ treads: 1 });
// @ts-expect-error: no such word
runtime.configure({ uring: 'on' });
// @ts-expect-error: settings are read-only
runtime.info().settings.maxInFlight = 1;
// @ts-expect-error: neither memory nor a view
void quiescent('memory');

export const used = [options, computed, misspelled, likeness];
