// Making datagram sockets.

import { binding } from '../binding.ts';
import { systemError } from '../errors.ts';
import { closeOrphan, Handle } from '../runtime/handle.ts';
import { defineKind } from '../runtime/operation.ts';
import { runtime } from '../runtime/runtime.ts';
import { SocketOption } from '../wire/layout.ts';
import { Operation } from '../wire/operations.ts';
import {
  type BindOptions,
  checkBindOptions,
  checkSocketOptions,
  type SocketOptions,
  type SocketType,
  typeFor,
} from './options.ts';
import { familyOf } from './resolve.ts';
import { UdpSocket } from './socket.ts';

const datagram = 2;

const open = defineKind<number, undefined>({
  name: 'socketOpen',
  operation: Operation.socketOpen,
  syscall: 'socket',
  memory: 'none',
  complete: (descriptor) => descriptor,
  orphan: (descriptor) => closeOrphan(runtime, descriptor),
});

/**
 * A socket without a port: it gets one by its `bind`, or from the system by its first send, on Windows by its first
 * receive too.
 *
 * @param options the type, 'udp4' or 'udp6', or an object with it and more
 * @example
 * await using socket = await createSocket('udp4');
 * await socket.send('ping', 7, '127.0.0.1');
 */
export function createSocket(options: SocketType | SocketOptions): Promise<UdpSocket> {
  const given = typeof options === 'string' ? { type: options } : options;
  checkSocketOptions(given);
  return create(given, given.type ?? 'udp4');
}

/**
 * A socket bound to `port` and `address`: EADDRINUSE, EACCES, EADDRNOTAVAIL as the system says, and what
 * looking a host name up fails with.
 *
 * @example
 * await using socket = await bind({ port: 5353, address: '127.0.0.1' });
 * for await (const { data, port } of socket) await socket.send(data, port, '127.0.0.1');
 */
export function bind(options: BindOptions = {}): Promise<UdpSocket> {
  checkBindOptions(options);
  return bindNew(create(options, options.type ?? typeFor(options.address)), options);
}

async function bindNew(created: Promise<UdpSocket>, options: BindOptions): Promise<UdpSocket> {
  const { port, address, signal, timeoutMs, detachAfterMs } = options;
  const socket = await created;
  try {
    await socket.bind({ port, address, signal, timeoutMs, detachAfterMs });
  } catch (error) {
    await socket.close();
    throw error;
  }
  return socket;
}

function create(options: SocketOptions, type: SocketType): Promise<UdpSocket> {
  return runtime
    .start(open, undefined, null, options, -1, 0, 0, 0, familyOf(type), datagram)
    .then((descriptor) => configured(descriptor, options, type));
}

function configured(descriptor: number, options: SocketOptions, type: SocketType): UdpSocket {
  try {
    configure(descriptor, options);
  } catch (error) {
    closeOrphan(runtime, descriptor);
    throw error;
  }
  return new UdpSocket(new Handle(runtime, descriptor), type);
}

function configure(descriptor: number, options: SocketOptions): void {
  set(descriptor, SocketOption.reuseAddress, options.reuseAddr, 'reuseAddr');
  set(descriptor, SocketOption.reusePort, options.reusePort, 'reusePort');
  set(descriptor, SocketOption.onlyIpv6, options.ipv6Only, 'ipv6Only');
  set(descriptor, SocketOption.receiveBufferBytes, options.recvBufferSize, 'setRecvBufferSize');
  set(descriptor, SocketOption.sendBufferBytes, options.sendBufferSize, 'setSendBufferSize');
}

function set(descriptor: number, option: number, value: number | boolean | undefined, syscall: string): void {
  if (value === undefined) return;
  const result = binding.socketSetOption(descriptor, option, Number(value));
  if (result < 0) throw systemError(result, syscall);
}
