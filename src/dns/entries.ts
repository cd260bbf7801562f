// The databases of hosts, services and protocols: what libc's getXbyY and Winsock's WSAAsyncGetXByY answer.

import { isIP } from 'node:net';
import { checkInteger, invalidValue } from '../errors.ts';
import { defineKind, type OperationKind, type OperationOptions } from '../runtime/operation.ts';
import { checkOptions, knownOptions } from '../runtime/options.ts';
import type { Payload } from '../runtime/payload.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';
import { lookupError } from './errors.ts';
import { asciiName, checkHost } from './lookup.ts';

export interface HostEntry {
  /** The official name. */
  name: string;
  /** Its other names. */
  aliases: string[];
  family: 4 | 6;
  /** At least one. */
  addresses: string[];
}

export interface ServiceEntry {
  name: string;
  aliases: string[];
  /** 0 to 65,535. */
  port: number;
  /** 'tcp', 'udp' or another. */
  protocol: string;
}

export interface ProtocolEntry {
  name: string;
  aliases: string[];
  /** The protocol's number in IP headers. */
  number: number;
}

export interface HostByNameOptions extends OperationOptions {
  /** Default 4. On Windows 6 is an error with code 'EAI_FAMILY': `lookup()` knows both there. */
  family?: 4 | 6 | undefined;
}

export interface ServiceOptions extends OperationOptions {
  /** 'tcp', 'udp' or another. Default: the first entry there is. */
  protocol?: string | undefined;
}

// Numbers of native/os/blocking_names.h.
const Entry = {
  hostByName: 1,
  hostByAddress: 2,
  serviceByName: 3,
  serviceByPort: 4,
  protocolByName: 5,
  protocolByNumber: 6,
} as const;

/** The strings of an entry: its name and aliases, and behind an empty one the rest. */
interface Strings {
  name: string;
  aliases: string[];
  rest: string[];
}

function stringsOf(payload: Payload): Strings {
  const strings = payload.view().toString().split('\0');
  const end = strings.indexOf('', 1);
  // Behind the last NUL there is nothing.
  return { name: strings[0] as string, aliases: strings.slice(1, end), rest: strings.slice(end + 1, -1) };
}

// The resource of each is what was asked for, as its errors name it.
function define<Value>(
  name: string,
  syscall: string,
  entryOf: (number: number, strings: Strings) => Value,
): OperationKind<Value, string> {
  return defineKind<Value, string>({
    name,
    operation: Operation.entryLookup,
    syscall,
    memory: 'none',
    complete: (number, _asked, payload) => entryOf(number, stringsOf(payload)),
    // The promise adopts this one: an error with the fields of node:dns instead of the plain system error.
    recover: (errno, asked, native) => Promise.reject(lookupError(errno, asked, native, syscall)) as never,
  });
}

const hostOf = (family: number, { name, aliases, rest }: Strings): HostEntry => ({
  name,
  aliases,
  family: family === 6 ? 6 : 4,
  addresses: rest,
});
const serviceOf = (port: number, { name, aliases, rest }: Strings): ServiceEntry => ({
  name,
  aliases,
  port,
  protocol: rest[0] as string,
});
const protocolOf = (number: number, { name, aliases }: Strings): ProtocolEntry => ({ name, aliases, number });

const kinds = {
  hostByName: define('hostByName', 'gethostbyname', hostOf),
  hostByAddress: define('hostByAddress', 'gethostbyaddr', hostOf),
  serviceByName: define('serviceByName', 'getservbyname', serviceOf),
  serviceByPort: define('serviceByPort', 'getservbyport', serviceOf),
  protocolByName: define('protocolByName', 'getprotobyname', protocolOf),
  protocolByNumber: define('protocolByNumber', 'getprotobynumber', protocolOf),
};

function ask<Value>(
  kind: OperationKind<Value, string>,
  entry: number,
  asked: string,
  number: number,
  strings: string,
  options: OperationOptions,
): Promise<Value> {
  return runtime.start(kind, asked, null, options, -1, 0, 0, 0, entry, number, strings);
}

const knownPlain = knownOptions();
const knownHost = knownOptions('family');
const knownService = knownOptions('protocol');

/**
 * The entry of a host: its official name, its aliases and its addresses of one family.
 *
 * As with `lookup()` the question itself cannot be interrupted: aborted, the promise settles after `detachAfterMs`.
 *
 * @param name a name, or an address, which is its own entry
 * @throws an `Error` with code 'ENOTFOUND' (or 'EAI_AGAIN' and the like), `syscall` 'gethostbyname' and `hostname`;
 *   TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE at once
 * @example
 * const { name, addresses } = await hostByName('example.org', { signal });
 */
export function hostByName(name: string, options: HostByNameOptions = {}): Promise<HostEntry> {
  checkHost(name, 'name');
  checkOptions(options, knownHost);
  const { family = 4 } = options;
  if (family !== 4 && family !== 6) throw invalidValue('options.family', 'must be one of: 4, 6', family);
  return ask(kinds.hostByName, Entry.hostByName, name, family, `${asciiName(name)}\0`, options);
}

/**
 * The entry of the host an address belongs to.
 *
 * @throws as `hostByName()`, with `syscall` 'gethostbyaddr'
 * @example
 * const { name } = await hostByAddress('192.0.2.1', { timeoutMs: 500 });
 */
export function hostByAddress(address: string, options: OperationOptions = {}): Promise<HostEntry> {
  const family = isIP(address);
  if (family === 0) throw invalidValue('address', 'must be an IP address', address);
  checkOptions(options, knownPlain);
  // A zone is of this machine, and no name server knows it.
  const [bare] = address.split('%') as [string];
  return ask(kinds.hostByAddress, Entry.hostByAddress, address, family, `${bare}\0`, options);
}

/**
 * The port of a service, by its name.
 *
 * @throws an `Error` with code 'ENOTFOUND', `syscall` 'getservbyname' and the name as `hostname`; TypeError
 *   ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE at once
 * @example
 * const { port } = await serviceByName('https', { protocol: 'tcp' });
 */
export function serviceByName(name: string, options: ServiceOptions = {}): Promise<ServiceEntry> {
  checkHost(name, 'name');
  return ask(kinds.serviceByName, Entry.serviceByName, name, 0, `${name}\0${protocolIn(options)}\0`, options);
}

/**
 * The service of a port.
 *
 * @param port 0 to 65,535
 * @throws as `serviceByName()`, with `syscall` 'getservbyport'; RangeError ERR_OUT_OF_RANGE at once
 * @example
 * const { name } = await serviceByPort(443, { protocol: 'tcp' });
 */
export function serviceByPort(port: number, options: ServiceOptions = {}): Promise<ServiceEntry> {
  checkInteger(port, 'port', 0, 65_535);
  return ask(kinds.serviceByPort, Entry.serviceByPort, `${port}`, port, `\0${protocolIn(options)}\0`, options);
}

/**
 * The number of a protocol, by its name.
 *
 * @throws an `Error` with code 'ENOTFOUND', `syscall` 'getprotobyname' and the name as `hostname`; TypeError
 *   ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE at once
 * @example
 * const { number } = await protocolByName('tcp');
 */
export function protocolByName(name: string, options: OperationOptions = {}): Promise<ProtocolEntry> {
  checkHost(name, 'name');
  checkOptions(options, knownPlain);
  return ask(kinds.protocolByName, Entry.protocolByName, name, 0, `${name}\0`, options);
}

/**
 * The protocol of a number.
 *
 * @param number 0 to 255
 * @throws as `protocolByName()`, with `syscall` 'getprotobynumber'; RangeError ERR_OUT_OF_RANGE at once
 * @example
 * const { name } = await protocolByNumber(6);
 */
export function protocolByNumber(number: number, options: OperationOptions = {}): Promise<ProtocolEntry> {
  checkInteger(number, 'number', 0, 255);
  checkOptions(options, knownPlain);
  return ask(kinds.protocolByNumber, Entry.protocolByNumber, `${number}`, number, '\0', options);
}

function protocolIn(options: ServiceOptions): string {
  checkOptions(options, knownService);
  const { protocol } = options;
  if (protocol === undefined) return '';
  checkHost(protocol, 'options.protocol');
  return protocol;
}
