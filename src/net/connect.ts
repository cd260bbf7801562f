// connect(): from a host name, an address or a path to a connected socket.

import { ADDRCONFIG } from 'node:dns';
import { getDefaultAutoSelectFamily, getDefaultAutoSelectFamilyAttemptTimeout, isIP } from 'node:net';
import { checkFamily, checkHints, checkHost, type LookupAddress, resolveAll } from '../dns/lookup.ts';
import { checkBoolean, checkInteger, checkString, invalidValue } from '../errors.ts';
import { WireFamily, wireAddress } from '../runtime/address.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import { checkPort } from '../runtime/port.ts';
import { Steps } from '../runtime/steps.ts';
import type { Target } from './attempt.ts';
import { addressFields } from './errors.ts';
import { isPipePath } from './pipe-path.ts';
import { checkPipeMode, connectToPipe, type PipeMode } from './pipes.ts';
import { interleaved, Race } from './race.ts';
import { Socket } from './socket.ts';
import {
  applyConnectionOptions,
  type ConnectionOptions,
  checkConnectionOptions,
  connectionOptionNames,
} from './tuning.ts';
import { checkSocketPath } from './unix-path.ts';

/** Options of connect(): `port` or `path` is needed. */
export interface ConnectOptions extends OperationOptions, ConnectionOptions {
  /** 0 to 65,535. */
  port?: number | string | undefined;
  /** A name or an address. Default 'localhost'. */
  host?: string | undefined;
  /**
   * Path of a Unix socket, at most 107 bytes; abstract when it begins with NUL (Linux). On Windows also that of a named
   * pipe, `'\\\\.\\pipe\\name'`. Excludes `port` and `host`.
   */
  path?: string | undefined;
  /**
   * How a named pipe of Windows is read: 'messages' where its server says so too. A read then resolves with one message,
   * or with the part of it there is room for, the rest coming with the next. Default 'bytes'.
   */
  pipeMode?: PipeMode | undefined;
  /** 4 or 6 to look a name up for addresses of that family only. Default 0: both. */
  family?: 0 | 4 | 6 | undefined;
  /** As in `lookup()`. Default `dns.ADDRCONFIG` when both families are looked for. */
  hints?: number | undefined;
  /** The address to connect from. */
  localAddress?: string | undefined;
  /** The port to connect from. 0 to 65,535, default 0: the system chooses. */
  localPort?: number | undefined;
  /**
   * Whether to try all addresses of a name, a new one beside the others when they do not answer in time. Default
   * `net.getDefaultAutoSelectFamily()`; false tries the first only.
   */
  autoSelectFamily?: boolean | undefined;
  /**
   * Milliseconds an attempt goes unanswered before the next begins. At least 1 (less than 10 counts as 10), default
   * `net.getDefaultAutoSelectFamilyAttemptTimeout()`.
   */
  autoSelectFamilyAttemptTimeout?: number | undefined;
}

const known = knownOptions(
  'port',
  'host',
  'path',
  'pipeMode',
  'family',
  'hints',
  'localAddress',
  'localPort',
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  ...connectionOptionNames,
);

/** Options without a port: the overloads name it, or the path, first. */
export type ConnectOptionsWithoutTarget = Omit<ConnectOptions, 'port' | 'host' | 'path'>;

/**
 * Connects to `port` of `host`, or to the Unix socket or the named pipe at `path`. While all instances of a pipe are
 * busy, it waits for one.
 *
 * Aborted, the attempt is taken back in the kernel and its socket closed; when the connection was there already,
 * the promise resolves to it all the same.
 *
 * @throws an `Error` with code 'ECONNREFUSED' and the like, `syscall` 'connect', `address` and `port`; an
 *   AggregateError of them when several addresses failed; code 'ENOTFOUND' when the name has none
 * @example
 * await using socket = await connect({ host: 'localhost', port: 8080, signal, timeoutMs: 5000 });
 */
export function connect(options: ConnectOptions): Promise<Socket>;
export function connect(port: number, host?: string, options?: ConnectOptionsWithoutTarget): Promise<Socket>;
export function connect(path: string, options?: ConnectOptionsWithoutTarget): Promise<Socket>;
export function connect(
  target: ConnectOptions | number | string,
  hostOrOptions?: string | ConnectOptionsWithoutTarget,
  more?: ConnectOptionsWithoutTarget,
): Promise<Socket> {
  const options = optionsOf(target, hostOrOptions, more);
  checkOptions(options, known);
  checkConnectionOptions(options);
  const steps = new Steps(options);
  checkPipeMode(options.pipeMode);
  const { path } = options;
  if (path !== undefined) {
    checkString(path, 'options.path');
    if (isPipePath(path)) return steps.run(() => connectPipe(path, options, steps));
    checkSocketPath(path, 'options.path');
    return steps.run(() => connectFirst([pathTarget(path)], options, steps));
  }
  const targetsOf = checkedTargets(options);
  return steps.run(async () => connectFirst(await targetsOf(steps), options, steps));
}

function optionsOf(
  target: ConnectOptions | number | string,
  hostOrOptions: string | ConnectOptionsWithoutTarget | undefined,
  more: ConnectOptionsWithoutTarget | undefined,
): ConnectOptions {
  if (typeof target === 'object') return target;
  const rest = typeof hostOrOptions === 'object' ? hostOrOptions : more;
  if (typeof target === 'string') return { ...rest, path: target };
  return { ...rest, port: target, host: typeof hostOrOptions === 'string' ? hostOrOptions : undefined };
}

async function connectFirst(targets: readonly Target[], options: ConnectOptions, steps: Steps): Promise<Socket> {
  const delayMs = options.autoSelectFamilyAttemptTimeout ?? getDefaultAutoSelectFamilyAttemptTimeout();
  const handle = await new Race(targets, steps, options.signal, Math.max(delayMs, 10)).run();
  applyConnectionOptions(handle, options);
  return new Socket(handle);
}

async function connectPipe(path: string, options: ConnectOptions, steps: Steps): Promise<Socket> {
  return new Socket(await connectToPipe(path, options.pipeMode, steps.next()));
}

function pathTarget(path: string): Target {
  const address = wireAddress({ address: path, family: WireFamily.unix });
  return { family: WireFamily.unix, address, fields: { address: path }, local: null };
}

// Throws for wrong arguments; returns what finds the addresses.
function checkedTargets(options: ConnectOptions): (steps: Steps) => Promise<Target[]> {
  const { host = 'localhost', localAddress, localPort } = options;
  if (options.port === undefined) {
    const error = new TypeError('The "options.port" or "options.path" argument must be specified');
    throw Object.assign(error, { code: 'ERR_MISSING_ARGS' });
  }
  const port = checkPort(options.port, 'options.port');
  checkHost(host, 'options.host');
  let family = checkFamily(options.family);
  const hints = checkHints(options.hints);
  if (localPort !== undefined) checkPort(localPort, 'options.localPort');
  if (localAddress !== undefined) {
    const localFamily = typeof localAddress === 'string' ? isIP(localAddress) : 0;
    if (localFamily === 0) throw invalidValue('options.localAddress', 'must be an IP address', localAddress);
    if (family === 0) family = localFamily as 4 | 6;
  }
  const all = options.autoSelectFamily ?? getDefaultAutoSelectFamily();
  checkBoolean(all, 'options.autoSelectFamily');
  if (options.autoSelectFamilyAttemptTimeout !== undefined) {
    checkInteger(options.autoSelectFamilyAttemptTimeout, 'options.autoSelectFamilyAttemptTimeout', 1, 2 ** 31 - 1);
  }
  const question = { family, hints: hints === 0 && family === 0 ? ADDRCONFIG : hints };
  return async (steps) => {
    const found = await resolveAll(host, { ...steps.next(), ...question });
    const addresses = all ? interleaved(found) : found.slice(0, 1);
    return addresses.map((address) => ipTarget(address, port, localAddress, localPort));
  };
}

function ipTarget(
  { address, family }: LookupAddress,
  port: number,
  localAddress: string | undefined,
  localPort = 0,
): Target {
  let local: Target['local'] = null;
  if (localAddress !== undefined || localPort !== 0) {
    const from = localAddress ?? (family === 4 ? '0.0.0.0' : '::');
    local = { address: wireAddress({ address: from, port: localPort }), fields: addressFields(from, localPort) };
  }
  return { family, address: wireAddress({ address, port }), fields: addressFields(address, port), local };
}
