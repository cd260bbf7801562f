// What an operation is to the runtime: the options every call takes, and its kind, which says how a
// completion becomes a value.

import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { SystemErrorFields } from '../errors.ts';
import type { Operation } from '../wire/operations.ts';
import type { Payload } from './payload.ts';

/** Options every operation takes. */
export interface OperationOptions {
  /**
   * Takes the operation back. On abort the kernel is asked to cancel exactly this operation; the promise
   * settles from its own completion: resolved if it finished or moved bytes, rejected with `signal.reason`
   * itself if nothing happened.
   */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds, from the call, after which the operation is cancelled by the same rules and rejects with
   * a `TimeoutError` DOMException. At least 0; `Infinity` and absence mean no deadline.
   */
  timeoutMs?: number | undefined;
  /**
   * With memory of the caller's: whether the promise may settle `detachAfterMs` after an abort although the
   * kernel has not let go of the buffer (see `quiescent`). Default false.
   */
  detach?: boolean | undefined;
  /**
   * Milliseconds an abort waits for the kernel before the promise settles without it. Default 100.
   */
  detachAfterMs?: number | undefined;
}

/** Whose memory the kernel borrows: nobody's, memory the runtime allocated for this call, or the caller's. */
export type MemoryOwner = 'none' | 'runtime' | 'caller';

/** How one kind of operation is named and how its completion becomes a value. One constant per kind. */
export interface OperationKind<Value, Resource> {
  /** Names the diagnostics channel: `rescind:<name>`. */
  readonly name: string;
  readonly operation: Operation;
  /** Node's word for it in errors. */
  readonly syscall: string;
  readonly memory: MemoryOwner;
  readonly channel: TracingChannel<object, object>;
  /** Called with a result ≥ 0. `payload` is valid during the call only. */
  complete(result: number, resource: Resource, payload: Payload): Value;
  /** Multishot only: called for each completion that is not the last. */
  next?(result: number, resource: Resource, payload: Payload): void;
  /** The operation succeeded, its caller was told otherwise long ago: undo what it made. */
  orphan?(result: number, resource: Resource, payload: Payload): void;
  /** Fields a system error of this operation carries besides code, errno and syscall. */
  fields?(resource: Resource): SystemErrorFields;
  /**
   * Turns a result that is an error for the kernel into a value; return undefined to leave it an error.
   *
   * @param native the system's own number for it, 0 where that is `errno`
   */
  recover?(errno: number, resource: Resource, native: number): Value | undefined;
  /** The memory the kernel borrows: a view, several, or null. Absent for memory 'none'. */
  memoryOf?(resource: Resource): ArrayBufferView | readonly ArrayBufferView[] | null;
}

type Definition<Value, Resource> = Omit<OperationKind<Value, Resource>, 'channel'>;

/** Defines a kind: fills in its tracing channel. */
export function defineKind<Value, Resource>(definition: Definition<Value, Resource>): OperationKind<Value, Resource> {
  // One shape for all kinds keeps the settling loop monomorphic.
  return {
    name: definition.name,
    operation: definition.operation,
    syscall: definition.syscall,
    memory: definition.memory,
    channel: tracingChannel(`rescind:${definition.name}`),
    complete: definition.complete,
    next: definition.next,
    orphan: definition.orphan,
    fields: definition.fields,
    recover: definition.recover,
    memoryOf: definition.memoryOf,
  } as OperationKind<Value, Resource>;
}

/** A kind whose type parameters the runtime does not look at. */
// biome-ignore lint/suspicious/noExplicitAny: the runtime keeps kinds of all types in one table
export type AnyKind = OperationKind<any, any>;
