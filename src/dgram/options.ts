// What datagram sockets are made and bound with.

import { isIPv6 } from 'node:net';
import { checkHost } from '../dns/lookup.ts';
import { checkBoolean } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkDetach, checkMilliseconds, checkOptions, checkSignal, knownOptions } from '../runtime/options.ts';
import { checkPort } from '../runtime/port.ts';
import { badBufferSize, badType } from './errors.ts';

/** IPv4, or IPv6 (which also carries IPv4 as '::ffff:192.0.2.1' unless `ipv6Only` is set). */
export type SocketType = 'udp4' | 'udp6';

/** What a socket is made with. */
export interface SocketOptions extends OperationOptions {
  /** Default: what `address` looks like, 'udp4' when there is none. */
  type?: SocketType | undefined;
  /** Lets other sockets that say the same bind the address as well. Default false. */
  reuseAddr?: boolean | undefined;
  /** Lets several sockets bind the address, each receiving its share; ENOTSUP on Windows. Default false. */
  reusePort?: boolean | undefined;
  /** With udp6: leaves IPv4 alone. Default false. */
  ipv6Only?: boolean | undefined;
  /** Bytes the kernel keeps for us until they are received, at least 1. Default: the system's. */
  recvBufferSize?: number | undefined;
  /** Bytes the kernel keeps until they are sent, at least 1. Default: the system's. */
  sendBufferSize?: number | undefined;
}

/** Where a socket is bound. */
export interface BindAddress extends OperationOptions {
  /** 0 to 65,535; 0, the default, lets the system choose. */
  port?: number | undefined;
  /** An address or a host name. Default: every address of the machine. */
  address?: string | undefined;
}

export type BindOptions = SocketOptions & BindAddress;

const knownOperation = knownOptions();
const ownOptions = ['type', 'reuseAddr', 'reusePort', 'ipv6Only', 'recvBufferSize', 'sendBufferSize'];
const knownSocketOptions = knownOptions(...ownOptions);
const knownBindAddress = knownOptions('port', 'address');
const knownBindOptions = knownOptions(...ownOptions, 'port', 'address');

/** The options of an operation without any of its own, checked: for calls whose operation begins later. */
export function checkOperationOptions(options: unknown): asserts options is OperationOptions | undefined {
  if (options === undefined) return;
  checkOptions(options, knownOperation);
  checkOperationValues(options);
}

/** The values of the options every operation has. */
export function checkOperationValues(options: OperationOptions): void {
  const { signal, timeoutMs, detach, detachAfterMs } = options;
  if (signal !== undefined) checkSignal(signal);
  if (timeoutMs !== undefined) checkMilliseconds(timeoutMs, 'options.timeoutMs');
  if (detach !== undefined) checkDetach(detach);
  if (detachAfterMs !== undefined) checkMilliseconds(detachAfterMs, 'options.detachAfterMs');
}

export function checkType(type: unknown): asserts type is SocketType {
  if (type !== 'udp4' && type !== 'udp6') throw badType();
}

export function checkBufferSize(bytes: unknown): asserts bytes is number {
  if (!Number.isInteger(bytes) || (bytes as number) < 1 || (bytes as number) > 0x7fffffff) throw badBufferSize();
}

/** The options of createSocket(), checked. */
export function checkSocketOptions(options: unknown): asserts options is SocketOptions {
  checkOptions(options, knownSocketOptions);
  checkOwnOptions(options as SocketOptions);
}

/** The options of bind(), checked. */
export function checkBindOptions(options: unknown): asserts options is BindOptions {
  checkOptions(options, knownBindOptions);
  checkOwnOptions(options as SocketOptions);
  checkAddress(options as BindAddress);
}

/** The options of UdpSocket.bind(), checked. */
export function checkBindAddress(options: unknown): asserts options is BindAddress {
  checkOptions(options, knownBindAddress);
  checkOperationValues(options);
  checkAddress(options as BindAddress);
}

function checkOwnOptions(options: SocketOptions): void {
  if (options.type !== undefined) checkType(options.type);
  for (const name of ['reuseAddr', 'reusePort', 'ipv6Only'] as const) {
    if (options[name] !== undefined) checkBoolean(options[name], `options.${name}`);
  }
  for (const name of ['recvBufferSize', 'sendBufferSize'] as const) {
    if (options[name] !== undefined) checkBufferSize(options[name]);
  }
}

function checkAddress({ port, address }: BindAddress): void {
  if (port !== undefined) checkPort(port, 'options.port');
  if (address !== undefined && address !== '') checkHost(address, 'options.address');
}

/** The type of a socket bound to `address` when none is given. */
export function typeFor(address: string | undefined): SocketType {
  return address !== undefined && isIPv6(address) ? 'udp6' : 'udp4';
}
