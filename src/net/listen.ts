// listen(): from options to a listening socket.

import { isIP } from 'node:net';
import { binding } from '../binding.ts';
import { checkHost, resolveAll } from '../dns/lookup.ts';
import { checkBoolean, checkInteger, checkString, type SystemError } from '../errors.ts';
import { WireFamily, wireAddress } from '../runtime/address.ts';
import { closeOrphan } from '../runtime/handle.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { checkPort } from '../runtime/port.ts';
import { runtime } from '../runtime/runtime.ts';
import { Steps } from '../runtime/steps.ts';
import { SocketOption } from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import { Acceptor } from './acceptor.ts';
import { addressFields, listenError } from './errors.ts';
import { isPipePath } from './pipe-path.ts';
import { checkPipeMode, listenOnPipe, type PipeMode, transportOf } from './pipes.ts';
import { Server } from './server.ts';
import { type ConnectionOptions, checkConnectionOptions, connectionOptionNames } from './tuning.ts';
import { checkSocketPath, SocketFile } from './unix-path.ts';

/** Options of listen(); accepted sockets are given `noDelay`, `keepAlive` and `keepAliveInitialDelay`. */
export interface ListenOptions extends OperationOptions, ConnectionOptions {
  /** 0 to 65,535, default 0: the system chooses. */
  port?: number | string | undefined;
  /** A name or an address. Default: all addresses, IPv6 and IPv4 where both are there. */
  host?: string | undefined;
  /**
   * Path of a Unix socket, at most 107 bytes; abstract when it begins with NUL (Linux). On Windows also that of a named
   * pipe, `'\\\\.\\pipe\\name'`, which no other computer reaches. Excludes `port` and `host`.
   */
  path?: string | undefined;
  /**
   * What a named pipe of Windows carries: bytes as TCP does, or messages. Of these each write sends one, a read resolves
   * with one or a part of it, and `shutdown()` sends an empty one, which is the end to who reads it. An aborted write is
   * rejected also when its message has been read in part: the system does not tell. Default 'bytes'.
   */
  pipeMode?: PipeMode | undefined;
  /** Connections the system keeps until they are accepted. 0 to 2,147,483,647, default 511. */
  backlog?: number | undefined;
  /** Whether an IPv6 address leaves IPv4 alone. Default false. */
  ipv6Only?: boolean | undefined;
  /**
   * Whether other sockets with the same option may share the port, the system dealing out the connections; ENOTSUP on
   * Windows. Default false.
   */
  reusePort?: boolean | undefined;
  /** As in node:net, where it is about workers of a cluster; sockets here never share. */
  exclusive?: boolean | undefined;
}

const known = knownOptions(
  'port',
  'host',
  'path',
  'pipeMode',
  'backlog',
  'ipv6Only',
  'reusePort',
  'exclusive',
  ...connectionOptionNames,
);

/** An address to listen on. */
interface Place {
  family: WireFamily;
  address: string;
  port?: number;
}

const socketOpen = defineKind<number, Place>({
  name: 'socketOpen',
  operation: Operation.socketOpen,
  syscall: 'listen',
  memory: 'none',
  complete: (descriptor) => descriptor,
  orphan: (descriptor) => closeOrphan(runtime, descriptor),
  fields: ({ address, port }) => addressFields(address, port),
});

const stream = 1;
const everywhereCodes: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL', 'EPROTONOSUPPORT']);

/**
 * Listens on `port` of `host`, or on a Unix socket or a named pipe at `path`.
 *
 * @throws an `Error` with code 'EADDRINUSE' and the like, `syscall` 'listen', `address` and `port`
 * @example
 * await using server = await listen({ port: 8080 });
 */
export function listen(options?: ListenOptions): Promise<Server>;
export function listen(port: number, host?: string): Promise<Server>;
export function listen(path: string): Promise<Server>;
export function listen(target: ListenOptions | number | string = {}, host?: string): Promise<Server> {
  const options: ListenOptions =
    typeof target === 'number' ? { port: target, host } : typeof target === 'string' ? { path: target } : target;
  checkOptions(options, known);
  checkConnectionOptions(options);
  for (const name of ['ipv6Only', 'reusePort', 'exclusive'] as const) {
    if (options[name] !== undefined) checkBoolean(options[name], `options.${name}`);
  }
  if (options.backlog !== undefined) checkInteger(options.backlog, 'options.backlog', 0, 2 ** 31 - 1);
  const steps = new Steps(options);
  const { path } = options;
  checkPipeMode(options.pipeMode);
  if (path !== undefined) {
    checkString(path, 'options.path');
    if (isPipePath(path)) return steps.run(() => listenOnPipePath(path, options, steps));
    checkSocketPath(path, 'options.path');
    return steps.run(() => listenOnPath(path, options, steps));
  }
  const port = checkPort(options.port ?? 0, 'options.port');
  if (options.host === undefined) return steps.run(() => listenEverywhere(port, options, steps));
  checkHost(options.host, 'options.host');
  const name = options.host;
  return steps.run(() => listenOnHost(name, port, options, steps));
}

async function listenOnPath(path: string, options: ListenOptions, steps: Steps): Promise<Server> {
  const acceptor = await listenOn({ family: WireFamily.unix, address: path }, options, steps);
  return new Server(acceptor, { path, transport: 'unix', file: await SocketFile.of(path), connection: {} });
}

async function listenOnPipePath(path: string, { pipeMode }: ListenOptions, steps: Steps): Promise<Server> {
  const acceptor = await listenOnPipe(path, pipeMode, steps.next());
  return new Server(acceptor, { path, transport: transportOf(pipeMode), file: null, connection: {} });
}

async function listenOnHost(host: string, port: number, options: ListenOptions, steps: Steps): Promise<Server> {
  const found = isIP(host) === 0 ? await resolveAll(host, steps.next() ?? {}) : [];
  const address = found[0]?.address ?? host;
  return ipServer(await listenOn({ family: isIP(address) as 4 | 6, address, port }, options, steps), options);
}

// The unspecified IPv6 address takes IPv4 connections too; a system without IPv6 is listened on by IPv4 alone.
async function listenEverywhere(port: number, options: ListenOptions, steps: Steps): Promise<Server> {
  try {
    return ipServer(await listenOn({ family: WireFamily.ipv6, address: '::', port }, options, steps), options);
  } catch (error) {
    if (!everywhereCodes.has((error as SystemError).code)) throw error;
  }
  return ipServer(await listenOn({ family: WireFamily.ipv4, address: '0.0.0.0', port }, options, steps), options);
}

function ipServer(acceptor: Acceptor, { noDelay, keepAlive, keepAliveInitialDelay }: ListenOptions): Server {
  const connection = { noDelay, keepAlive, keepAliveInitialDelay };
  return new Server(acceptor, { path: null, transport: 'tcp', file: null, connection });
}

async function listenOn(place: Place, options: ListenOptions, steps: Steps): Promise<Acceptor> {
  const wire = wireAddress(place);
  const descriptor = await runtime.start(socketOpen, place, null, steps.next(), -1, 0, 0, 0, place.family, stream);
  const result = bindAndListen(descriptor, wire, place.family, options);
  if (result < 0) {
    binding.handleCloseNow(descriptor);
    throw listenError(result, place.address, place.port);
  }
  return new Acceptor(descriptor);
}

// 0 or a negated errno.
function bindAndListen(descriptor: number, wire: Uint8Array, family: WireFamily, options: ListenOptions): number {
  const set = (option: number, wanted: boolean): number =>
    wanted ? binding.socketSetOption(descriptor, option, 1) : 0;
  if (family !== WireFamily.unix) {
    // A port is free again when its listener is gone, though connections of it linger.
    const result =
      set(SocketOption.reuseAddress, true) ||
      set(SocketOption.onlyIpv6, options.ipv6Only === true && family === WireFamily.ipv6) ||
      set(SocketOption.reusePort, options.reusePort === true);
    if (result < 0) return result;
  }
  return binding.socketBind(descriptor, wire) || binding.socketListen(descriptor, options.backlog ?? 511);
}
