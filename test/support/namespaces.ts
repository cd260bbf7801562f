// A network of the test's own, with nothing but a loopback interface, and an /etc of its own: namespaces of networks and
// mounts. The script that runs there is root in it.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'uvu';
import { type ChildResult, runScript } from './child.ts';
import { onlyOnLinux, onWindows, skipping } from './platforms.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Of whom names are asked that are not in the hosts file: the script listens there, or leaves the port closed. */
export const nameServer = { address: '127.0.0.1', port: 53 } as const;

// Root needs no user namespace, and may not have the right to make one.
const unshare = ['unshare', '--mount', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])] as const;

/** `test` of uvu, for what runs there; skips where there can be no such network, which is asked for now. */
export function testInNamespaces(): Test {
  if (onWindows) return onlyOnLinux('namespaces are of Linux');
  const missing = whyNoNamespaces();
  return missing === undefined ? test : skipping(missing);
}

function whyNoNamespaces(): string | undefined {
  try {
    execFileSync(unshare[0], [...unshare.slice(1), 'true'], { stdio: ['ignore', 'ignore', 'pipe'] });
    return undefined;
  } catch (error) {
    return `no namespaces: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
}

/** A command that brings the loopback interface up or down (SIOCSIFFLAGS): not every machine has ip(8). */
export function loopback(state: 'up' | 'down'): string[] {
  const flags = state === 'up' ? 0x41 : 0;
  const call = `fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sH14x', b'lo', ${flags}))`;
  return ['python3', '-c', `import fcntl, socket, struct; ${call}`];
}

/** Files of /etc that the script sees, and no others; lines of each. */
export interface SystemFiles {
  /** Besides localhost. */
  hosts?: readonly string[];
  /** Besides the name server. */
  resolver?: readonly string[];
  services?: readonly string[];
  protocols?: readonly string[];
}

/** Runs a script there. */
export function runInNamespaces(script: string, files: SystemFiles, withinMs: number): Promise<ChildResult> {
  const directory = temporaryDirectory();
  const contents = {
    hosts: ['127.0.0.1 localhost', ...(files.hosts ?? [])],
    'resolv.conf': [`nameserver ${nameServer.address}`, ...(files.resolver ?? [])],
    'host.conf': ['multi on'],
    'nsswitch.conf': ['hosts: files dns', 'services: files', 'protocols: files'],
    services: files.services ?? [],
    protocols: files.protocols ?? [],
  };
  for (const [name, lines] of Object.entries(contents)) {
    writeFileSync(join(directory, name), lines.map((line) => `${line}\n`).join(''));
  }
  const [python, flag, text] = loopback('up');
  const before = `set -e; ${python} ${flag} "${text}"; mount --bind '${directory}' /etc`;
  return runScript(script, { within: unshare, before, withinMs });
}
