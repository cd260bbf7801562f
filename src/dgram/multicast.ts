// Multicast groups: who is in them, and where what is sent to them leaves.

import { binding } from '../binding.ts';
import { checkString, systemError } from '../errors.ts';
import { wireAddress } from '../runtime/address.ts';
import type { SocketType } from './options.ts';
import { familyOf } from './resolve.ts';

/** A change of membership, in the words of the caller's call. */
export interface MembershipChange {
  syscall: 'addMembership' | 'dropMembership' | 'addSourceSpecificMembership' | 'dropSourceSpecificMembership';
  group: string;
  groupName: string;
  networkInterface: string | undefined;
  source: string | undefined;
  /** Called when the arguments are in order, before the system is asked. */
  checked: () => void;
}

/** Joins or leaves a group; throws the system's error. */
export function changeMembership(descriptor: number, type: SocketType, change: MembershipChange): void {
  const { syscall, group, groupName, networkInterface, source } = change;
  const wires = [
    wireOf(type, group, groupName),
    networkInterface === undefined ? null : interfaceOf(type, networkInterface),
    source === undefined ? null : wireOf(type, source, 'sourceAddress'),
  ] as const;
  change.checked();
  const result = binding.socketMembership(descriptor, syscall.startsWith('add') ? 1 : 0, ...wires);
  if (result < 0) throw systemError(result, syscall);
}

/** Chooses the interface multicast leaves by; throws the system's error. */
export function setMulticastInterface(descriptor: number, type: SocketType, networkInterface: string): void {
  const result = binding.socketMulticastInterface(descriptor, interfaceOf(type, networkInterface));
  if (result < 0) throw systemError(result, 'setMulticastInterface');
}

function wireOf(type: SocketType, address: string, name: string): Uint8Array {
  checkString(address, name);
  return wireAddress({ address, family: familyOf(type) }, name);
}

// IPv4 names an interface by its address, IPv6 by what stands behind '%'; '0.0.0.0' and '::%' leave the choice
// to the system.
function interfaceOf(type: SocketType, networkInterface: string): Uint8Array {
  const name = 'multicastInterface';
  checkString(networkInterface, name);
  if (type === 'udp4') return wireOf(type, networkInterface, name);
  const address = networkInterface.endsWith('%') ? networkInterface.slice(0, -1) : networkInterface;
  return wireOf(type, address, name);
}
