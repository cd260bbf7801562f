// Which paths name what: on Windows a path may be that of a named pipe.

import { platform } from '../binding.ts';

/** Whether Unix sockets may have names without a file, which begin with NUL. */
export const hasAbstractNames: boolean = platform === 'linux';

// \\.\pipe\name and \\?\pipe\name here, \\server\pipe\name there. Windows takes either slash.
const pipePrefix = /^[\\/]{2}([^\\/]+)[\\/]pipe[\\/]/i;

/** Whether a path names a pipe; never anywhere but on Windows. */
export function isPipePath(path: string, on: NodeJS.Platform = platform): boolean {
  return on === 'win32' && pipePrefix.test(path);
}

/** The path of a pipe as Windows itself writes it: behind \\?\ it knows one slash only. */
export function pipeName(path: string): string {
  return path.replace(pipePrefix, '\\\\$1\\pipe\\');
}
