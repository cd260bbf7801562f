// A network of the test's own, in which names are asked of a server that never answers: a network and a mount namespace,
// with files of the resolver's own.

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

/**
 * Runs a script there.
 *
 * @param hosts lines of the hosts file
 * @param resolver lines of resolv.conf besides that of the server
 */
export function runWithDeadNameServer(
  script: string,
  hosts: readonly string[],
  resolver: readonly string[],
  withinMs: number,
): Promise<ChildResult> {
  const directory = temporaryDirectory();
  const files = {
    hosts: ['127.0.0.1 localhost', ...hosts],
    'resolv.conf': [`nameserver ${nameServer.address}`, ...resolver],
    'nsswitch.conf': ['hosts: files dns'],
  };
  const mounts = Object.entries(files).map(([name, lines]) => {
    writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
    return `mount --bind '${join(directory, name)}' /etc/${name}`;
  });
  const before = ['set -e', `python3 -c "${loopbackUp}"`, ...mounts].join('; ');
  return runScript(script, { within: unshare, before, withinMs });
}
