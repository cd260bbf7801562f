// Operations of the runtime without the public areas around them: every operation of ops.def by its name,
// with a trace of what the runtime told its kind.

import { closeOrphan, Handle } from '../../src/runtime/handle.ts';
import { addressOf, vectorOf } from '../../src/runtime/memory.ts';
import { defineKind, type OperationKind, type OperationOptions } from '../../src/runtime/operation.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { DescriptorFlag } from '../../src/wire/layout.ts';
import { Operation } from '../../src/wire/operations.ts';

export type OperationName = Exclude<keyof typeof Operation, 'skip'>;

/** What happened to one operation. */
export class Trace {
  /** Its memory, if it has some. */
  readonly views: readonly Uint8Array[];
  /** How often the runtime made a value of a completion: once if it resolved, else never. */
  completions = 0;
  /** How often the runtime had a result nobody waited for undone. */
  orphans = 0;
  payload: Buffer = Buffer.alloc(0);

  constructor(views: readonly Uint8Array[]) {
    this.views = views;
  }
}

const borrowing: ReadonlySet<OperationName> = new Set([
  'fileRead',
  'fileWrite',
  'fileReadVector',
  'fileWriteVector',
  'socketReceive',
  'socketSend',
  'socketReceiveMessage',
  'socketSendMessage',
  'socketSendVector',
  'directoryWatchRead',
]);

const vectored: ReadonlySet<OperationName> = new Set(['fileReadVector', 'fileWriteVector', 'socketSendVector']);
const making: ReadonlySet<OperationName> = new Set([
  'fileOpen',
  'socketOpen',
  'socketAccept',
  'directoryWatchOpen',
  'pipeConnect',
  'pipeListen',
]);

const kinds = new Map<OperationName, OperationKind<number, Trace>>();
for (const name of Object.keys(Operation) as (OperationName | 'skip')[]) {
  if (name === 'skip') continue;
  kinds.set(
    name,
    defineKind<number, Trace>({
      name: `test-${name}`,
      operation: Operation[name],
      syscall: name,
      memory: borrowing.has(name) ? 'caller' : 'none',
      complete: (result, trace, payload) => {
        trace.completions++;
        trace.payload = payload.copy();
        return result;
      },
      orphan: (result, trace) => {
        trace.orphans++;
        if (making.has(name)) closeOrphan(runtime, result);
      },
      memoryOf: (trace) => trace.views,
    }),
  );
}

export interface Arguments {
  /** A descriptor, or the handle that owns one. */
  on?: Handle | number;
  /** The memory, one view unless the operation is vectored. */
  views?: readonly Uint8Array[];
  offset?: number;
  argument0?: number;
  argument1?: number;
  bytes?: string | Uint8Array;
  flags?: number;
  /** For operations without memory that use the field for something else. */
  address?: number;
  length?: number;
}

export interface Started {
  readonly promise: Promise<number>;
  readonly trace: Trace;
}

/** Starts an operation; what the arguments mean is said beside it in ops.def. */
export function start(name: OperationName, given: Arguments = {}, options?: OperationOptions): Started {
  const { on = -1, views = [] } = given;
  const trace = new Trace(views);
  const only = views[0];
  const scattered = vectored.has(name);
  const promise = runtime.start(
    kinds.get(name) as OperationKind<number, Trace>,
    trace,
    on instanceof Handle ? on : null,
    options,
    on instanceof Handle ? on.descriptor : on,
    only !== undefined && !scattered ? only.byteLength : (given.length ?? 0),
    only !== undefined && !scattered ? addressOf(only) : (given.address ?? 0),
    given.offset ?? 0,
    given.argument0 ?? 0,
    given.argument1 ?? 0,
    scattered ? vectorOf(views) : (given.bytes ?? null),
    given.flags ?? DescriptorFlag.none,
  );
  return { promise, trace };
}

/** The same when only the result matters. */
export function perform(name: OperationName, given: Arguments = {}, options?: OperationOptions): Promise<number> {
  return start(name, given, options).promise;
}

export function timer(ms: number, options?: OperationOptions): Promise<number> {
  return perform('timer', { offset: ms }, options);
}
