// A network of the test's own, in which names are asked of a server that never answers, and an /etc of its own: namespaces
// of networks and mounts.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildResult, runScript } from './child.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Where the script has to listen, or leaves a port closed, for what is not in the hosts file. */
export const nameServer = { address: '127.0.0.1', port: 53 } as const;

// Root needs no user namespace, and may not have the right to make one.
const unshare = ['unshare', '--mount', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])] as const;

/** Why there can be no such network; undefined when there can. */
export function whyNoNamespaces(): string | undefined {
  try {
    execFileSync(unshare[0], [...unshare.slice(1), 'true'], { stdio: ['ignore', 'ignore', 'pipe'] });
    return undefined;
  } catch (error) {
    return `no namespaces: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
}

// SIOCSIFFLAGS with IFF_UP and IFF_RUNNING, since not every machine has ip(8).
const loopbackUp =
  "import fcntl, socket, struct; fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0x8914, struct.pack('16sH14x', b'lo', 0x41))";

/** Files of /etc that the script sees, and no others; lines of each. */
export interface SystemFiles {
  /** Besides localhost. */
  hosts: readonly string[];
  /** Besides the name server. */
  resolver?: readonly string[];
  services?: readonly string[];
  protocols?: readonly string[];
}

/** Runs a script there. */
export function runWithDeadNameServer(script: string, files: SystemFiles, withinMs: number): Promise<ChildResult> {
  const directory = temporaryDirectory();
  const contents = {
    hosts: ['127.0.0.1 localhost', ...files.hosts],
    'resolv.conf': [`nameserver ${nameServer.address}`, ...(files.resolver ?? [])],
    'host.conf': ['multi on'],
    'nsswitch.conf': ['hosts: files dns', 'services: files', 'protocols: files'],
    services: files.services ?? [],
    protocols: files.protocols ?? [],
  };
  for (const [name, lines] of Object.entries(contents)) {
    writeFileSync(join(directory, name), lines.map((line) => `${line}\n`).join(''));
  }
  const before = `set -e; python3 -c "${loopbackUp}"; mount --bind '${directory}' /etc`;
  return runScript(script, { within: unshare, before, withinMs });
}
