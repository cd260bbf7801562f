// A file that waits: what is written to it comes back to who reads it, and while nothing has been written a read waits.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { fifo } from './fifo.ts';
import { onWindows } from './platforms.ts';

/**
 * The path of one, to be opened with 'r+'. On Linux a FIFO, of which one handle is both ends; on Windows a named pipe
 * whose server gives every client its own bytes back, and to which nobody has to have been before.
 */
export async function loopedFile(directory: string): Promise<string> {
  if (!onWindows) return fifo(directory);
  echoing ??= startEchoing();
  return echoing;
}

let echoing: Promise<string> | undefined;

// Ends with the process that asked for it.
const server = `
  const { createServer } = require('node:net');
  createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(process.argv[1], () => console.log('ready'));
  process.stdin.on('end', () => process.exit()).resume();
`;

// A process of its own, because the server's ends of its pipes come and go.
async function startEchoing(): Promise<string> {
  const path = `\\\\.\\pipe\\rescind-test-looped-${process.pid}`;
  const child = spawn(process.execPath, ['-e', server, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Those that may connect at a time: Node's own for it.
    env: { ...process.env, NODE_PENDING_PIPE_INSTANCES: '64' },
  });
  await once(child.stdout, 'data');
  // The streams are sockets of Node's.
  for (const kept of [child, child.stdin as Writable as Socket, child.stdout as Readable as Socket]) kept.unref();
  return path;
}
