// How operations on paths are defined and started: they differ in name, in what Node calls them, and in what
// their completion carries.

import type { SystemErrorFields } from '../errors.ts';
import { defineKind, type OperationKind, type OperationOptions } from '../runtime/operation.ts';
import { nameText, pathPair, shownPath } from '../runtime/paths.ts';
import type { Payload } from '../runtime/payload.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';

export type PathBytes = string | Uint8Array;
type Name = keyof typeof Operation;

/** The two paths of an operation on two. */
interface Pair {
  from: PathBytes;
  to: PathBytes;
}

const nothing = (): undefined => undefined;
const fieldsOfPath = (path: PathBytes): SystemErrorFields => ({ path: shownPath(path) });
const fieldsOfPair = ({ from, to }: Pair): SystemErrorFields => ({ path: shownPath(from), dest: shownPath(to) });

/** A kind of operation on one path that gives nothing back. */
export function pathKind(name: Name, syscall: string): OperationKind<void, PathBytes> {
  return defineKind({
    name,
    operation: Operation[name],
    syscall,
    memory: 'none',
    complete: nothing,
    fields: fieldsOfPath,
  });
}

/**
 * A kind of operation on one path whose payload becomes a value.
 *
 * @param undo told the payload of a success whose caller was told otherwise long ago
 * @param fields of its errors
 */
export function payloadKind<Value>(
  name: Name,
  syscall: string,
  read: (payload: Payload) => Value,
  undo: (payload: Payload) => void = nothing,
  fields: (path: PathBytes) => SystemErrorFields = fieldsOfPath,
): OperationKind<Value, PathBytes> {
  return defineKind({
    name,
    operation: Operation[name],
    syscall,
    memory: 'none',
    complete: (_result, _path: PathBytes, payload) => read(payload),
    orphan: (_result, _path, payload) => undo(payload),
    fields,
  });
}

/** Kinds of an operation on one path whose payload is a path, by encoding; null gives its bytes. */
export function textKinds(
  name: Name,
  syscall: string,
  undo?: (payload: Payload) => void,
  fields?: (path: PathBytes) => SystemErrorFields,
): (encoding: BufferEncoding | null) => OperationKind<string | Buffer, PathBytes> {
  const kinds = new Map<BufferEncoding | null, OperationKind<string | Buffer, PathBytes>>();
  return (encoding) => {
    let kind = kinds.get(encoding);
    if (kind === undefined) {
      const read = (payload: Payload): string | Buffer =>
        encoding === null ? payload.copy() : nameText(payload.view(), encoding);
      kind = payloadKind(name, syscall, read, undo, fields);
      kinds.set(encoding, kind);
    }
    return kind;
  };
}

/** A kind of operation on two paths. */
export function pairKind(name: Name, syscall: string): OperationKind<void, Pair> {
  return defineKind({
    name,
    operation: Operation[name],
    syscall,
    memory: 'none',
    complete: nothing,
    fields: fieldsOfPair,
  });
}

/** Starts an operation on a checked path; the options are those of the public call. */
export function startPath<Value>(
  kind: OperationKind<Value, PathBytes>,
  path: PathBytes,
  options: OperationOptions | undefined,
  argument0 = 0,
  argument1 = 0,
  length = 0,
  address = 0,
  offset = 0,
): Promise<Value> {
  return runtime.start(kind, path, null, options, -1, length, address, offset, argument0, argument1, path);
}

/** Checks and starts an operation on two paths. */
export function startPair(
  kind: OperationKind<void, Pair>,
  from: PathBytes,
  to: PathBytes,
  options: OperationOptions | undefined,
  argument0 = 0,
): Promise<void> {
  return runtime.start(kind, { from, to }, null, options, -1, 0, 0, 0, argument0, 0, pathPair(from, to));
}
