// A file that waits: what is written to it comes back to who reads it, and while nothing has been written a read waits.

import { createServer } from 'node:net';
import { fifo } from './fifo.ts';
import { onWindows } from './platforms.ts';

let made = 0;

/**
 * The path of one, to be opened with 'r+'. On Linux a FIFO, of which one handle is both ends; on Windows a named pipe
 * whose server gives every client its own bytes back. Neither keeps the process alive.
 */
export async function loopedFile(directory: string): Promise<string> {
  return onWindows ? echoingPipe() : fifo(directory);
}

async function echoingPipe(): Promise<string> {
  const path = `\\\\.\\pipe\\rescind-test-looped-${process.pid}-${made++}`;
  const server = createServer((socket) => {
    socket.unref();
    // A client may leave while bytes are on their way to it.
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  server.unref();
  return path;
}
