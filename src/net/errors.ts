// The system's errors in the words of node:net.

import { getSystemErrorMap } from 'node:util';
import { type SystemError, type SystemErrorFields, systemError } from '../errors.ts';

/** 'read ECONNRESET'. */
function transferError(errno: number, syscall: string, native: number): SystemError {
  return reworded(systemError(errno, syscall, undefined, native), (code) => `${syscall} ${code}`);
}

/** For a kind of a socket's transfers: its error as node:net has it. The promise adopts the one returned. */
export function rejectAs(syscall: string): (errno: number, resource: unknown, native: number) => never {
  return (errno, _, native) => Promise.reject(transferError(errno, syscall, native)) as never;
}

/** 'listen EADDRINUSE: address already in use 127.0.0.1:80'. */
export function listenError(errno: number, address: string, port: number | undefined, native = 0): SystemError {
  const fields = addressFields(address, port);
  const place = fields.port === undefined ? address : `${address}:${fields.port}`;
  const description = getSystemErrorMap().get(errno)?.[1] ?? 'unknown error';
  return reworded(systemError(errno, 'listen', fields, native), (code) => `listen ${code}: ${description} ${place}`);
}

/** A port of 0 is none. */
export function addressFields(address: string, port: number | undefined): SystemErrorFields {
  return { address, port: port === 0 ? undefined : port };
}

// The stack begins with the message an error was made with.
function reworded(error: SystemError, words: (code: string) => string): SystemError {
  const message = words(error.code);
  if (error.stack !== undefined) error.stack = error.stack.replace(error.message, () => message);
  error.message = message;
  return error;
}
