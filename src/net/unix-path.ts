// Paths of Unix sockets, and the file a listening one leaves behind.

import { resolve } from 'node:path';
import { checkString, invalidValue } from '../errors.ts';
import { defineKind } from '../runtime/operation.ts';
import { runtime } from '../runtime/runtime.ts';
import { Operation } from '../wire/operations.ts';
import { hasAbstractNames } from './pipe-path.ts';

/** What sun_path holds, in bytes; a path needs one of them for the NUL at its end. */
const pathRoom = 108;

/** Throws for what is no path of a socket. On Linux one that begins with NUL is abstract: a name without a file. */
export function checkSocketPath(path: unknown, name: string): asserts path is string {
  checkString(path, name);
  const isAbstract = hasAbstractNames && path.startsWith('\0');
  const bytes = Buffer.byteLength(path);
  if (bytes === 0 || (isAbstract && bytes === 1)) throw invalidValue(name, 'must not be empty', path);
  if (!isAbstract && path.includes('\0')) throw invalidValue(name, 'must be a string without null bytes', path);
  const most = isAbstract ? pathRoom : pathRoom - 1;
  if (bytes > most) throw invalidValue(name, `must have at most ${most} bytes`, path);
}

/** Which file a path led to. */
interface Identity {
  device: bigint;
  inode: bigint;
}

// Fields of the payload, see native/runtime/status_payload.h.
const deviceField = 0;
const inodeField = 7;

const pathStatus = defineKind<Identity, undefined>({
  name: 'pathStatus',
  operation: Operation.pathStatus,
  syscall: 'lstat',
  memory: 'none',
  complete: (_result, _resource, payload) => ({
    device: payload.biguint64(deviceField),
    inode: payload.biguint64(inodeField),
  }),
});

const pathUnlink = defineKind<void, undefined>({
  name: 'pathUnlink',
  operation: Operation.pathUnlink,
  syscall: 'unlink',
  memory: 'none',
  complete: () => undefined,
});

function identify(path: string): Promise<Identity> {
  return runtime.start(pathStatus, undefined, null, undefined, -1, 0, 0, 0, 0, 0, path);
}

/** The file of a socket that was bound to a path. */
export class SocketFile {
  readonly #path: string;
  readonly #identity: Identity;

  private constructor(path: string, identity: Identity) {
    this.#path = path;
    this.#identity = identity;
  }

  /** The file just bound; null for an abstract name, and when somebody has taken it away already. */
  static async of(path: string): Promise<SocketFile | null> {
    if (path.startsWith('\0')) return null;
    const absolute = resolve(path);
    try {
      return new SocketFile(absolute, await identify(absolute));
    } catch {
      return null;
    }
  }

  /** Removes the file, unless the path leads to another one by now. */
  async remove(): Promise<void> {
    try {
      const found = await identify(this.#path);
      if (found.inode !== this.#identity.inode || found.device !== this.#identity.device) return;
      await runtime.start(pathUnlink, undefined, null, undefined, -1, 0, 0, 0, 0, 0, this.#path);
    } catch {
      // Gone already, or not ours to remove any more: Node does not tell either.
    }
  }
}
