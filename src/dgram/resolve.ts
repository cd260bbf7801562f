// From the address a caller gives, which may be a host name, to an address of the socket's family.

import { isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import { lookup } from '../dns/lookup.ts';
import { systemErrorByCode } from '../errors.ts';
import { WireFamily, wireAddress } from '../runtime/address.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import type { SocketType } from './options.ts';

/** What the options of an operation have left for the one that follows a lookup. */
export interface Resolved {
  address: string;
  options: OperationOptions | undefined;
}

/** Whether `address` can be used without a lookup. */
export function isLiteral(address: string): boolean {
  return isIP(address) !== 0;
}

/** Looks a host name up, within the options of the call it is for. */
export async function resolve(
  host: string,
  type: SocketType,
  options: OperationOptions | undefined,
): Promise<Resolved> {
  const startedAt = performance.now();
  const { address } = await lookup(host, { ...operationOptions(options), family: familyOf(type) });
  const timeoutMs = options?.timeoutMs;
  if (timeoutMs === undefined) return { address, options };
  return { address, options: { ...options, timeoutMs: Math.max(0, timeoutMs - (performance.now() - startedAt)) } };
}

/** The options every operation takes, without those of one call. */
function operationOptions(options: OperationOptions | undefined): OperationOptions {
  return { signal: options?.signal, timeoutMs: options?.timeoutMs, detachAfterMs: options?.detachAfterMs };
}

export function familyOf(type: SocketType): 4 | 6 {
  return type === 'udp4' ? WireFamily.ipv4 : WireFamily.ipv6;
}

/** The address of this machine, for a destination without one. */
export function loopbackOf(type: SocketType): string {
  return type === 'udp4' ? '127.0.0.1' : '::1';
}

/** Every address of this machine, for a bind without one. */
export function anyAddressOf(type: SocketType): string {
  return type === 'udp4' ? '0.0.0.0' : '::';
}

/**
 * The wire form of a literal address. Throws what the system would say of an address of the other family:
 * EINVAL, with the fields Node gives it.
 */
export function wireFor(type: SocketType, address: string, port: number, syscall: string): Uint8Array {
  if (isIP(address) !== familyOf(type)) throw systemErrorByCode('EINVAL', syscall, { address, port });
  return wireAddress({ address, port });
}
