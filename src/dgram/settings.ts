// What can be asked of and told to a datagram socket without waiting.

import { binding } from '../binding.ts';
import { checkBoolean, checkInteger, systemError, systemErrorByCode } from '../errors.ts';
import { parseWireAddress } from '../runtime/address.ts';
import type { Handle } from '../runtime/handle.ts';
import { SocketOption } from '../wire/layout.ts';
import { bindHandle } from './bind-handle.ts';
import { isNotConnected } from './errors.ts';
import { changeMembership, setMulticastInterface } from './multicast.ts';
import { checkBufferSize, type SocketType } from './options.ts';
import { anyAddressOf } from './resolve.ts';

/** Where a socket is, or whom it is connected to. */
export interface SocketAddress {
  address: string;
  family: 'IPv4' | 'IPv6';
  port: number;
}

const addressRoom = 128;

/** The settings of a socket. All throw at once: EBADF after close(), what the system says otherwise. */
export class DatagramSettings {
  readonly type: SocketType;
  readonly #handle: Handle;

  constructor(handle: Handle, type: SocketType) {
    this.#handle = handle;
    this.type = type;
  }

  /** The system's number of the socket, -1 from the moment close() is called. */
  get fd(): number {
    return this.#handle.descriptor;
  }

  /** Whether close() was called. */
  get closed(): boolean {
    return this.#handle.closing;
  }

  /** Where the socket is bound. EBADF when it is not. */
  address(): SocketAddress {
    const bound = this.#addressBy('getsockname');
    if (bound.port === 0) throw systemErrorByCode('EBADF', 'getsockname');
    return bound;
  }

  /** Whether the socket has a port, by bind() or by a send or connect (on Windows a receive too) that chose one. */
  get bound(): boolean {
    return this.#addressBy('getsockname').port !== 0;
  }

  /** Whom the socket is connected to; ERR_SOCKET_DGRAM_NOT_CONNECTED when it is not. */
  remoteAddress(): SocketAddress {
    try {
      return this.#addressBy('getpeername');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOTCONN') throw isNotConnected();
      throw error;
    }
  }

  /** Lets pending operations keep the process alive (the default). */
  ref(): this {
    this.#handle.ref();
    return this;
  }

  /** Lets the process end although operations are pending. */
  unref(): this {
    this.#handle.unref();
    return this;
  }

  /** Allows sending to broadcast addresses. Off when a socket is made. */
  setBroadcast(flag: boolean): void {
    checkBoolean(flag, 'flag');
    this.#set(SocketOption.broadcast, flag ? 1 : 0, 'setBroadcast');
  }

  /** Routers a datagram may pass, 1 to 255; usually 64. Returns it. */
  setTTL(ttl: number): number {
    checkInteger(ttl, 'ttl', 1, 255);
    this.#set(SocketOption.timeToLive, ttl, 'setTTL');
    return ttl;
  }

  /** The same for multicast, 0 to 255; 1 (this network) when a socket is made. Returns it. */
  setMulticastTTL(ttl: number): number {
    checkInteger(ttl, 'ttl', 0, 255);
    this.#set(SocketOption.multicastTimeToLive, ttl, 'setMulticastTTL');
    return ttl;
  }

  /** Whether this machine receives what it sends to groups it is in. On when a socket is made. Returns it. */
  setMulticastLoopback(flag: boolean): boolean {
    checkBoolean(flag, 'flag');
    this.#set(SocketOption.multicastLoopback, flag ? 1 : 0, 'setMulticastLoopback');
    return flag;
  }

  /**
   * The interface multicast leaves by: for udp4 an address of it ('0.0.0.0': the system's choice), for udp6
   * '::%eth0' ('::%': the system's choice).
   */
  setMulticastInterface(multicastInterface: string): void {
    setMulticastInterface(this.#descriptor('setMulticastInterface'), this.type, multicastInterface);
  }

  /** Joins a group, on one interface or on the one the system chooses. Binds a socket that has no port yet. */
  addMembership(multicastAddress: string, multicastInterface?: string): void {
    this.#changeMembership('addMembership', multicastAddress, 'multicastAddress', multicastInterface);
  }

  /** Leaves a group; closing the socket leaves all. */
  dropMembership(multicastAddress: string, multicastInterface?: string): void {
    this.#changeMembership('dropMembership', multicastAddress, 'multicastAddress', multicastInterface);
  }

  /** Joins a group for what one address sends to it. */
  addSourceSpecificMembership(sourceAddress: string, groupAddress: string, multicastInterface?: string): void {
    const syscall = 'addSourceSpecificMembership';
    this.#changeMembership(syscall, groupAddress, 'groupAddress', multicastInterface, sourceAddress);
  }

  dropSourceSpecificMembership(sourceAddress: string, groupAddress: string, multicastInterface?: string): void {
    const syscall = 'dropSourceSpecificMembership';
    this.#changeMembership(syscall, groupAddress, 'groupAddress', multicastInterface, sourceAddress);
  }

  /** Bytes the kernel keeps for us; Linux answers twice what was set. */
  getRecvBufferSize(): number {
    return this.#get(SocketOption.receiveBufferBytes, 'getRecvBufferSize');
  }

  getSendBufferSize(): number {
    return this.#get(SocketOption.sendBufferBytes, 'getSendBufferSize');
  }

  /** At least 1; the system may give less. */
  setRecvBufferSize(bytes: number): void {
    checkBufferSize(bytes);
    this.#set(SocketOption.receiveBufferBytes, bytes, 'setRecvBufferSize');
  }

  setSendBufferSize(bytes: number): void {
    checkBufferSize(bytes);
    this.#set(SocketOption.sendBufferBytes, bytes, 'setSendBufferSize');
  }

  #changeMembership(
    syscall: 'addMembership' | 'dropMembership' | 'addSourceSpecificMembership' | 'dropSourceSpecificMembership',
    group: string,
    groupName: string,
    networkInterface: string | undefined,
    source?: string,
  ): void {
    const descriptor = this.#descriptor(syscall);
    const checked = (): void => {
      // A member without a port would receive nothing, and Windows takes none.
      if (syscall.startsWith('add') && !this.bound) bindHandle(this.#handle, this.type, anyAddressOf(this.type), 0);
    };
    changeMembership(descriptor, this.type, { syscall, group, groupName, networkInterface, source, checked });
  }

  #descriptor(syscall: string): number {
    const { descriptor } = this.#handle;
    if (descriptor < 0) throw this.#handle.closedError(syscall);
    return descriptor;
  }

  #set(option: number, value: number, syscall: string): void {
    const result = binding.socketSetOption(this.#descriptor(syscall), option, value);
    if (result < 0) throw systemError(result, syscall);
  }

  #get(option: number, syscall: string): number {
    const result = binding.socketGetOption(this.#descriptor(syscall), option);
    if (result < 0) throw systemError(result, syscall);
    return result;
  }

  #addressBy(syscall: 'getsockname' | 'getpeername'): SocketAddress {
    const into = new Uint8Array(addressRoom);
    const descriptor = this.#descriptor(syscall);
    const result =
      syscall === 'getsockname'
        ? binding.socketLocalAddress(descriptor, into)
        : binding.socketRemoteAddress(descriptor, into);
    if (result < 0) throw systemError(result, syscall);
    const { address, family, port } = parseWireAddress(into);
    return { address, family: family as 'IPv4' | 'IPv6', port };
  }
}
