// Network interfaces by name and by index: an IPv6 address of link scope names its interface after a '%'.

import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { performance } from 'node:perf_hooks';

const linuxInterfaces = '/sys/class/net';
/** How long a name is trusted, in milliseconds: interfaces come, go and are renamed. */
const trustedMs = 1000;

const names = new Map<number, string>();
let namesReadAt = Number.NEGATIVE_INFINITY;

/** The index of a network interface given by name or number; 0 when there is none of that name. */
export function interfaceIndex(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone) >>> 0;
  if (zone.includes('/') || zone.startsWith('.')) return 0;
  try {
    return Number(readFileSync(`${linuxInterfaces}/${zone}/ifindex`, 'latin1'));
  } catch {
    return networkInterfaces()[zone]?.find((entry) => entry.family === 'IPv6' && entry.scopeid > 0)?.scopeid ?? 0;
  }
}

/** The name of the interface with this index; the index in digits when it has none. */
export function interfaceName(index: number): string {
  const now = performance.now();
  if (now - namesReadAt > trustedMs) {
    namesReadAt = now;
    readNames();
  }
  return names.get(index) ?? String(index);
}

function readNames(): void {
  names.clear();
  let found: string[];
  try {
    found = readdirSync(linuxInterfaces);
  } catch {
    found = Object.keys(networkInterfaces());
  }
  for (const name of found) {
    const index = interfaceIndex(name);
    if (index > 0) names.set(index, name);
  }
}
