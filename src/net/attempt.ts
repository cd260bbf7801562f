// One attempt to connect: a socket of its own, which is closed unless the attempt succeeds.

import { binding } from '../binding.ts';
import { closedWhilePending, type SystemErrorFields, systemError } from '../errors.ts';
import type { WireFamily } from '../runtime/address.ts';
import { closeOrphan } from '../runtime/handle.ts';
import { defineKind } from '../runtime/operation.ts';
import { runtime } from '../runtime/runtime.ts';
import type { Steps } from '../runtime/steps.ts';
import { Operation } from '../wire/operations.ts';
import { SocketHandle } from './socket-handle.ts';

/** An address to connect to. */
export interface Target {
  family: WireFamily;
  /** As a wire address. */
  address: Uint8Array;
  /** What errors say about it. */
  fields: SystemErrorFields;
  /** The address to connect from, and what errors say about that. */
  local: { address: Uint8Array; fields: SystemErrorFields } | null;
}

const socketOpen = defineKind<number, Target>({
  name: 'socketOpen',
  operation: Operation.socketOpen,
  syscall: 'connect',
  memory: 'none',
  complete: (descriptor) => descriptor,
  orphan: (descriptor) => closeOrphan(runtime, descriptor),
  fields: (target) => target.fields,
});

const socketConnect = defineKind<void, Target>({
  name: 'socketConnect',
  operation: Operation.socketConnect,
  syscall: 'connect',
  memory: 'none',
  complete: () => undefined,
  fields: (target) => target.fields,
});

const stream = 1;
const unixFamily = 1;

export class Attempt {
  readonly #target: Target;
  readonly #steps: Steps;
  #handle: SocketHandle | null = null;
  #abandoned = false;

  constructor(target: Target, steps: Steps) {
    this.#target = target;
    this.#steps = steps;
  }

  /** Connects, once. Rejected, it has left no socket behind. */
  async connect(): Promise<SocketHandle> {
    const target = this.#target;
    const descriptor = await runtime.start(
      socketOpen,
      target,
      null,
      this.#steps.next(),
      -1,
      0,
      0,
      0,
      target.family,
      stream,
    );
    const handle = new SocketHandle(runtime, descriptor, target.family === unixFamily ? 'unix' : 'tcp');
    this.#handle = handle;
    try {
      if (this.#abandoned) throw closedWhilePending('connect');
      this.#bind(descriptor);
      const options = this.#steps.next();
      await runtime.start(socketConnect, target, handle, options, descriptor, 0, 0, 0, 0, 0, target.address);
      if (this.#abandoned) throw closedWhilePending('connect');
      return handle;
    } catch (error) {
      // After a connect that was taken back nothing else can be done with a socket, on any platform.
      await handle.close();
      throw error;
    }
  }

  /** Takes the attempt back; connect() rejects when nothing is left of it. */
  abandon(): void {
    this.#abandoned = true;
    // connect() waits for it and tells what comes of it.
    this.#handle?.close().catch(() => {});
  }

  #bind(descriptor: number): void {
    const { local } = this.#target;
    if (local === null) return;
    const result = binding.socketBind(descriptor, local.address);
    if (result < 0) throw systemError(result, 'bind', local.fields);
  }
}
