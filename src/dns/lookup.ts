// Names to addresses, as the system resolves them (hosts file, DNS, whatever it is set up to ask).

import { ADDRCONFIG, ALL, getDefaultResultOrder, V4MAPPED } from 'node:dns';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { checkBoolean, checkInteger, checkString, invalidValue } from '../errors.ts';
import { parseWireAddress } from '../runtime/address.ts';
import { defineKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import type { Payload } from '../runtime/payload.ts';
import { refusal } from '../runtime/refusal.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';
import { lookupError } from './errors.ts';

export interface LookupAddress {
  address: string;
  family: 4 | 6;
}

/** The order of the addresses: as the system has them, or one family before the other. */
export type LookupOrder = 'verbatim' | 'ipv4first' | 'ipv6first';

export interface LookupOptions extends OperationOptions {
  /** 4 or 6 (or 'IPv4', 'IPv6') for addresses of one family; 0, the default, for both. */
  family?: 0 | 4 | 6 | 'IPv4' | 'IPv6' | undefined;
  /** `ADDRCONFIG`, `V4MAPPED` and `ALL` of `node:dns`, combined. Default 0. */
  hints?: number | undefined;
  /** Resolve to all addresses instead of the first. Default false. */
  all?: boolean | undefined;
  /** Default: `dns.getDefaultResultOrder()`. */
  order?: LookupOrder | undefined;
}

export interface LookupAllOptions extends LookupOptions {
  all: true;
}

export interface LookupOneOptions extends LookupOptions {
  all?: false | undefined;
}

const known = knownOptions('family', 'hints', 'all', 'order');

// Records of the payload: wire addresses, padded.
const recordBytes = 32;

const addressLookup = defineKind<LookupAddress[], string>({
  name: 'addressLookup',
  operation: Operation.addressLookup,
  syscall: 'getaddrinfo',
  memory: 'none',
  complete: (count, _host, payload) => addressesOf(count, payload),
  // The promise adopts this one: an error with the fields of node:dns instead of the plain system error.
  recover: (errno, host, native) => Promise.reject(lookupError(errno, host, native)) as never,
});

function addressesOf(count: number, payload: Payload): LookupAddress[] {
  const bytes = payload.view();
  const addresses: LookupAddress[] = [];
  for (let index = 0; index < count; index++) {
    const { address, family } = parseWireAddress(bytes, index * recordBytes);
    addresses.push({ address, family: family === 'IPv6' ? 6 : 4 });
  }
  return addresses;
}

/**
 * Resolves `host` to its first address, or with `all: true` to all of them. An address resolves to itself.
 *
 * The system's resolver cannot be interrupted: aborted, the promise settles after `detachAfterMs` while the
 * question runs on in a thread of its own.
 *
 * @throws an `Error` with code 'ENOTFOUND' (or 'EAI_AGAIN' and the like), `syscall` 'getaddrinfo' and `hostname`
 * @example
 * const { address, family } = await lookup('localhost', { signal });
 */
export function lookup(host: string, options: LookupAllOptions): Promise<LookupAddress[]>;
export function lookup(host: string, options?: LookupOneOptions | 0 | 4 | 6): Promise<LookupAddress>;
export function lookup(host: string, options: LookupOptions): Promise<LookupAddress | LookupAddress[]>;
export function lookup(
  host: string,
  options: LookupOptions | 0 | 4 | 6 = {},
): Promise<LookupAddress | LookupAddress[]> {
  const given: LookupOptions = typeof options === 'number' ? { family: options } : options;
  checkOptions(given, known);
  if (given.all !== undefined) checkBoolean(given.all, 'options.all');
  const all = resolveAll(host, given);
  return given.all === true ? all : all.then((addresses) => addresses[0] as LookupAddress);
}

/** All addresses of a host, at least one, in the order asked for. Throws at once for wrong arguments. */
export function resolveAll(host: string, options: LookupOptions): Promise<LookupAddress[]> {
  checkHost(host, 'hostname');
  const family = checkFamily(options.family);
  const hints = checkHints(options.hints);
  const order = checkOrder(options.order);
  const literal = isIP(host);
  if (literal !== 0) return refusal(options) ?? Promise.resolve([{ address: host, family: literal as 4 | 6 }]);
  const found = runtime.start(addressLookup, host, null, options, -1, 0, 0, 0, family, hints, asciiName(host));
  return order === 'verbatim' ? found : found.then((addresses) => ordered(addresses, order));
}

/** The name as the system is asked for it. */
export function asciiName(host: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (/^[\x00-\x7f]*$/.test(host)) return host;
  // What domainToASCII refuses is left for the system to refuse.
  return domainToASCII(host) || host;
}

/** Throws for what is no name of a host. */
export function checkHost(host: unknown, name: string): asserts host is string {
  checkString(host, name);
  if (host === '' || host.includes('\0')) throw invalidValue(name, 'must be a name without null bytes', host);
}

/** The family as a number; throws for what is none. */
export function checkFamily(family: unknown): 0 | 4 | 6 {
  switch (family) {
    case undefined:
    case 0:
      return 0;
    case 4:
    case 'IPv4':
      return 4;
    case 6:
    case 'IPv6':
      return 6;
    default:
      throw invalidValue('options.family', 'must be one of: 0, 4, 6', family);
  }
}

/** Throws for bits that are no hints. */
export function checkHints(hints: unknown): number {
  if (hints === undefined) return 0;
  checkInteger(hints, 'options.hints', 0);
  if ((hints & ~(ADDRCONFIG | V4MAPPED | ALL)) !== 0) throw invalidValue('options.hints', 'is invalid', hints);
  return hints;
}

function checkOrder(order: unknown): LookupOrder {
  if (order === undefined) return getDefaultResultOrder() as LookupOrder;
  if (order === 'verbatim' || order === 'ipv4first' || order === 'ipv6first') return order;
  throw invalidValue('options.order', "must be one of: 'verbatim', 'ipv4first', 'ipv6first'", order);
}

function ordered(addresses: LookupAddress[], order: 'ipv4first' | 'ipv6first'): LookupAddress[] {
  const first = order === 'ipv4first' ? 4 : 6;
  return [...addresses.filter(({ family }) => family === first), ...addresses.filter(({ family }) => family !== first)];
}
