// Named pipes of Windows, by the side of sockets: connecting to one, and listening on one.

import { invalidValue } from '../errors.ts';
import { closeOrphan } from '../runtime/handle.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { pathBytes } from '../runtime/paths.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';
import { Acceptor } from './acceptor.ts';
import { listenError } from './errors.ts';
import { pipeName } from './pipe-path.ts';
import { SocketHandle, type Transport } from './socket-handle.ts';

/** What a named pipe carries: bytes as TCP does, or messages, each written and read as a whole. */
export type PipeMode = 'bytes' | 'messages';

interface Pipe {
  path: string;
}

const pipeConnect = defineKind<number, Pipe>({
  name: 'pipeConnect',
  operation: Operation.pipeConnect,
  syscall: 'connect',
  memory: 'none',
  complete: (descriptor) => descriptor,
  orphan: (descriptor) => closeOrphan(runtime, descriptor),
  fields: ({ path }) => ({ address: path }),
});

const pipeListen = defineKind<number, Pipe>({
  name: 'pipeListen',
  operation: Operation.pipeListen,
  syscall: 'listen',
  memory: 'none',
  complete: (descriptor) => descriptor,
  orphan: (descriptor) => closeOrphan(runtime, descriptor),
  recover: (errno, { path }, native) => Promise.reject(listenError(errno, path, undefined, native)) as never,
});

/** Throws ERR_INVALID_ARG_VALUE for what is no mode. */
export function checkPipeMode(mode: unknown): asserts mode is PipeMode | undefined {
  if (mode === undefined || mode === 'bytes' || mode === 'messages') return;
  throw invalidValue('options.pipeMode', "must be one of: 'bytes', 'messages'", mode);
}

/** What the ends of a pipe are to their handles. */
export function transportOf(mode: PipeMode | undefined): Transport {
  return mode === 'messages' ? 'messages' : 'pipe';
}

// The value of argument0 for a pipe of messages.
const ofMessages = 1;

/** Waits while all instances of the pipe are busy. */
export async function connectToPipe(
  path: string,
  mode: PipeMode | undefined,
  options: OperationOptions | undefined,
): Promise<SocketHandle> {
  return new SocketHandle(runtime, await start(pipeConnect, path, mode, options), transportOf(mode));
}

export async function listenOnPipe(
  path: string,
  mode: PipeMode | undefined,
  options: OperationOptions | undefined,
): Promise<Acceptor> {
  return new Acceptor(await start(pipeListen, path, mode, options));
}

function start(
  kind: typeof pipeConnect,
  path: string,
  mode: PipeMode | undefined,
  options: OperationOptions | undefined,
): Promise<number> {
  const argument = mode === 'messages' ? ofMessages : 0;
  const name = pathBytes(pipeName(path), 'options.path');
  return runtime.start(kind, { path }, null, options, -1, 0, 0, 0, argument, 0, name);
}
