// The addresses of sockets, in Node's words.

import { binding } from '../binding.ts';
import { type ParsedAddress, parseWireAddress } from '../runtime/address.ts';

/** What `address()` of sockets and servers says. */
export interface AddressInfo {
  address: string;
  family: 'IPv4' | 'IPv6';
  port: number;
}

const scratch = new Uint8Array(256);

/** The address a descriptor is bound to; undefined when the system does not say. */
export function localAddressOf(descriptor: number): ParsedAddress | undefined {
  return descriptor < 0 ? undefined : parsed(binding.socketLocalAddress(descriptor, scratch));
}

/** The address of the other end; undefined when there is none any more. */
export function remoteAddressOf(descriptor: number): ParsedAddress | undefined {
  return descriptor < 0 ? undefined : parsed(binding.socketRemoteAddress(descriptor, scratch));
}

function parsed(length: number): ParsedAddress | undefined {
  return length < 0 ? undefined : parseWireAddress(scratch.subarray(0, length));
}

/** Undefined for a Unix socket or a pipe. */
export function addressInfo(from: ParsedAddress | undefined): AddressInfo | undefined {
  if (from === undefined || from.family === 'Unix') return undefined;
  return { address: from.address, family: from.family, port: from.port };
}
