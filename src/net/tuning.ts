// Options of the system's sockets.

import { binding } from '../binding.ts';
import { checkBoolean, errnoOf, systemError } from '../errors.ts';
import { checkMilliseconds } from '../runtime/options.ts';
import { SocketOption } from '../wire/layout.ts';
import type { SocketHandle } from './socket-handle.ts';

// As libuv sets them with a delay: a peer that is gone is noticed ten seconds after it.
const keepAliveIntervalSeconds = 1;
const keepAliveCount = 10;

const unknownOption = errnoOf('ENOPROTOOPT');

function set(descriptor: number, option: number, value: number): void {
  const result = binding.socketSetOption(descriptor, option, value);
  if (result < 0) throw systemError(result, 'setsockopt');
}

// A Windows before 10 1709 has no options for these: there both are set with the delay (native/os/windows/keep_alive.cc),
// and the count is always ten.
function setWhereKnown(descriptor: number, option: number, value: number): void {
  const result = binding.socketSetOption(descriptor, option, value);
  if (result < 0 && result !== unknownOption) throw systemError(result, 'setsockopt');
}

/** Throws EBADF on a closed socket; does nothing on a Unix one or a pipe. */
export function setNoDelay(handle: SocketHandle, noDelay: boolean): void {
  checkBoolean(noDelay, 'noDelay');
  if (handle.closing) throw handle.closedError('setsockopt');
  if (handle.isTcp) set(handle.descriptor, SocketOption.noDelay, noDelay ? 1 : 0);
}

/** Throws EBADF on a closed socket; does nothing on a Unix one or a pipe. */
export function setKeepAlive(handle: SocketHandle, enable: boolean, initialDelayMs: number): void {
  checkBoolean(enable, 'enable');
  checkMilliseconds(initialDelayMs, 'initialDelayMs');
  if (handle.closing) throw handle.closedError('setsockopt');
  if (!handle.isTcp) return;
  const { descriptor } = handle;
  set(descriptor, SocketOption.keepAlive, enable ? 1 : 0);
  const seconds = Math.floor(initialDelayMs / 1000);
  if (!enable || seconds === 0) return;
  // The longest the system takes.
  set(descriptor, SocketOption.keepAliveDelaySeconds, Math.min(seconds, 32767));
  setWhereKnown(descriptor, SocketOption.keepAliveIntervalSeconds, keepAliveIntervalSeconds);
  setWhereKnown(descriptor, SocketOption.keepAliveCount, keepAliveCount);
}

/** Options a connection is given before anything else happens on it. */
export interface ConnectionOptions {
  /** See `socket.setNoDelay()`. Default false. */
  noDelay?: boolean | undefined;
  /** See `socket.setKeepAlive()`. Default false. */
  keepAlive?: boolean | undefined;
  /** Milliseconds of silence before the system asks the peer first. Default 0: the system's own. */
  keepAliveInitialDelay?: number | undefined;
}

export const connectionOptionNames = ['noDelay', 'keepAlive', 'keepAliveInitialDelay'] as const;

/** Throws for wrong types. */
export function checkConnectionOptions(options: ConnectionOptions): void {
  if (options.noDelay !== undefined) checkBoolean(options.noDelay, 'options.noDelay');
  if (options.keepAlive !== undefined) checkBoolean(options.keepAlive, 'options.keepAlive');
  if (options.keepAliveInitialDelay !== undefined) {
    checkMilliseconds(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
  }
}

/** Sets checked options. A connection that is gone already says so when it is used. */
export function applyConnectionOptions(handle: SocketHandle, options: ConnectionOptions): void {
  try {
    if (options.noDelay === true) setNoDelay(handle, true);
    if (options.keepAlive === true) setKeepAlive(handle, true, options.keepAliveInitialDelay ?? 0);
  } catch {}
}
