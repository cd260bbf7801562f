// Socket addresses as the wire carries them (native/os/socket_address.h): four int32 (family 4, 6, or 1 for
// Unix; port; scope id; byte length) and then that many bytes.

import { isIP } from 'node:net';
import { platform } from '../binding.ts';
import { invalidValue } from '../errors.ts';
import { interfaceIndex, interfaceName } from './interfaces.ts';

/** The wire's number for a family. */
export const WireFamily = { unix: 1, ipv4: 4, ipv6: 6 } as const;
export type WireFamily = (typeof WireFamily)[keyof typeof WireFamily];

const headerBytes = 16;

// What stands behind '%': as in Node, the number of an interface on Windows, its name elsewhere.
const zoneOf = platform === 'win32' ? String : interfaceName;

/** What a wire address is made from. */
export interface WireAddressFields {
  /** '192.0.2.1', '2001:db8::1', 'fe80::1%eth0', or a Unix path (abstract when it begins with NUL). */
  address: string;
  /** 0 to 65,535, default 0. */
  port?: number;
  /** Default: what the address looks like; only a Unix path has to say 1. */
  family?: WireFamily;
  /** Index of the network interface; default: what stands behind '%'. */
  scope?: number;
}

/** A socket address in words. */
export interface ParsedAddress {
  /** With '%' and the interface's name (on Windows: its number) behind an IPv6 address of link scope; the path of a Unix address. */
  address: string;
  port: number;
  family: 'IPv4' | 'IPv6' | 'Unix';
  /** Index of the network interface, 0 when there is none to name. */
  scope: number;
}

/**
 * The wire form of an address. An address that is none, or whose interface does not exist, throws
 * ERR_INVALID_ARG_VALUE; a port out of range must have been refused before.
 *
 * @param name what the caller's argument is called, for errors
 */
export function wireAddress({ address, port = 0, family, scope }: WireAddressFields, name = 'address'): Uint8Array {
  if (family === WireFamily.unix) return encode(WireFamily.unix, port, 0, Buffer.from(address));
  const found = isIP(address);
  if (found === 0 || (family !== undefined && found !== family)) {
    throw invalidValue(name, `is not an IP${family === undefined ? '' : `v${family}`} address`, address);
  }
  if (found === WireFamily.ipv4) return encode(WireFamily.ipv4, port, 0, ipv4Bytes(address));
  const percent = address.indexOf('%');
  if (percent < 0) return encode(WireFamily.ipv6, port, scope ?? 0, ipv6Bytes(address));
  const zone = scope ?? interfaceIndex(address.slice(percent + 1));
  if (zone === 0) throw invalidValue(name, 'names a network interface that does not exist', address);
  return encode(WireFamily.ipv6, port, zone, ipv6Bytes(address.slice(0, percent)));
}

function encode(family: WireFamily, port: number, scope: number, bytes: Uint8Array): Uint8Array {
  const wire = new Uint8Array(headerBytes + bytes.byteLength);
  const words = new DataView(wire.buffer);
  words.setInt32(0, family, true);
  words.setInt32(4, port, true);
  words.setUint32(8, scope, true);
  words.setInt32(12, bytes.byteLength, true);
  wire.set(bytes, headerBytes);
  return wire;
}

/** Bytes of the wire address that starts at `offset`. */
export function wireAddressLength(wire: Uint8Array, offset = 0): number {
  return headerBytes + new DataView(wire.buffer, wire.byteOffset + offset, headerBytes).getInt32(12, true);
}

/** The address that starts at `offset` of `wire`. */
export function parseWireAddress(wire: Uint8Array, offset = 0): ParsedAddress {
  const words = new DataView(wire.buffer, wire.byteOffset + offset, headerBytes);
  const port = words.getInt32(4, true);
  const scope = words.getUint32(8, true);
  const length = words.getInt32(12, true);
  const bytes = wire.subarray(offset + headerBytes, offset + headerBytes + length);
  switch (words.getInt32(0, true)) {
    case WireFamily.ipv4:
      return { address: `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`, port, family: 'IPv4', scope: 0 };
    case WireFamily.ipv6: {
      const zone = scope > 0 && isLinkScope(bytes) ? `%${zoneOf(scope)}` : '';
      return { address: ipv6Text(bytes) + zone, port, family: 'IPv6', scope };
    }
    default:
      return { address: Buffer.from(bytes).toString(), port: 0, family: 'Unix', scope: 0 };
  }
}

function ipv4Bytes(text: string): Uint8Array {
  return Uint8Array.from(text.split('.'), Number);
}

// The text must have passed isIP and have no zone.
function ipv6Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const [head = '', tail] = text.split('::');
  const front = groupBytes(head);
  bytes.set(front);
  if (tail !== undefined) {
    const back = groupBytes(tail);
    bytes.set(back, 16 - back.length);
  }
  return bytes;
}

function groupBytes(groups: string): number[] {
  const bytes: number[] = [];
  if (groups === '') return bytes;
  for (const group of groups.split(':')) {
    if (group.includes('.')) {
      bytes.push(...ipv4Bytes(group));
    } else {
      const word = Number.parseInt(group, 16);
      bytes.push(word >> 8, word & 255);
    }
  }
  return bytes;
}

function isLinkScope(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  // fe80::/10, and multicast whose scope nibble is 1 (interface) or 2 (link).
  return (
    (first === 0xfe && (second & 0xc0) === 0x80) || (first === 0xff && ((second & 15) === 1 || (second & 15) === 2))
  );
}

// RFC 5952: the longest run of two or more zero groups is left out, the first of equals; IPv4-mapped and
// IPv4-compatible addresses end in dotted form, as inet_ntop(3) writes them.
function ipv6Text(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(((bytes[at] as number) << 8) | (bytes[at + 1] as number));
  let start = -1;
  let run = 1;
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > run) {
      start = at;
      run = end - at;
    }
    if (end > at) at = end;
  }
  if (start === 0 && (run === 6 || (run === 5 && groups[5] === 0xffff))) {
    const mapped = run === 5 ? 'ffff:' : '';
    return `::${mapped}${bytes[12]}.${bytes[13]}.${bytes[14]}.${bytes[15]}`;
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return start < 0 ? text(0, 8) : `${text(0, start)}::${text(start + run, 8)}`;
}
