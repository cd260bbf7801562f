// The call that gives a socket its port.

import { binding } from '../binding.ts';
import { systemError } from '../errors.ts';
import type { Handle } from '../runtime/handle.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import type { SocketType } from './options.ts';
import { anyAddressOf, isLiteral, resolve, wireFor } from './resolve.ts';

/** Binds to an address; throws the system's error, EBADF after close(). */
export function bindHandle(handle: Handle, type: SocketType, address: string, port: number): void {
  const wire = wireFor(type, address, port, 'bind');
  if (handle.closing) throw handle.closedError('bind');
  const result = binding.socketBind(handle.descriptor, wire);
  if (result < 0) throw systemError(result, 'bind', { address, port });
}

/** The same with a host name, or without: every address of the machine. */
export async function bindHandleTo(
  handle: Handle,
  type: SocketType,
  host: string | undefined,
  port: number,
  options: OperationOptions | undefined,
): Promise<void> {
  const given = host || anyAddressOf(type);
  const address = isLiteral(given) ? given : (await resolve(given, type, options)).address;
  bindHandle(handle, type, address, port);
}
