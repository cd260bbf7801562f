// Loads the addon and states what it exports. The only place, with the address and pipe-path helpers,
// that asks for the platform.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as layout from './wire/layout.ts';

export interface PumpOptions {
  /** Entries of the submission ring. */
  entries: number;
  /** Entries of the completion ring. */
  completionEntries: number;
  /** How long completions are delivered inline per turn of the event loop, in microseconds. */
  budgetMicroseconds: number;
  /** Most operations delivered inline per turn. */
  budgetOperations: number;
  /** Threads the pool lane may start for calls that block; names have up to 128 of their own. */
  poolThreads: number;
  /** 'auto', or 'off' to leave io_uring alone and use the other lanes. */
  uring: 'auto' | 'off';
}

export interface LaneInfo {
  name: string;
  used: boolean;
  /** Why it is not used, or what it runs. */
  reason: string;
}

export interface PumpInfo {
  lanes: LaneInfo[];
  kernel: string;
  features: string[];
}

/** Every function returns a negated errno on failure, never throws for what the system says. */
export interface Binding {
  wireVersion: number;
  sizes: { descriptor: number; completion: number; cancel: number };
  /**
   * Starts the one pump of this environment, with the settings in the control block. `deliver` is called from the
   * event loop with completions in their block. The blocks are the memory both sides share; the addon borrows them for
   * the life of the environment.
   */
  open(
    deliver: () => void,
    submission: ArrayBuffer,
    cancel: ArrayBuffer,
    completion: ArrayBuffer,
    staging: ArrayBuffer,
    payload: ArrayBuffer,
    control: ArrayBuffer,
  ): void;
  /** One flush: submits, cancels, reaps. Everything it takes and gives goes through the control block. */
  tick(): void;
  /** Attempts the read in the first place of the submission block; its result goes through the control block. */
  attemptRead(): void;
  info(): PumpInfo;
  /** Fills the array with the counters named in runtime/stats.ts. */
  counters(into: Float64Array): void;
  /**
   * Address of a buffer's first byte; keeps its memory alive until the buffer object is collected, even when it
   * is transferred. `view` covers the whole buffer.
   */
  pin(buffer: ArrayBufferLike, view: Uint8Array): number;
  /** The payload of a completion that did not fit the block, by the completion's payloadOffset; each once. */
  takePayload(index: number): Uint8Array;
  /** Registers memory with the lanes that can use it; returns 0 or a negated errno. */
  registerBuffer(buffer: ArrayBuffer): number;

  socketBind(handle: number, address: Uint8Array): number;
  socketListen(handle: number, backlog: number): number;
  /** Writes a wire address into `into`; returns its length. */
  socketLocalAddress(handle: number, into: Uint8Array): number;
  socketRemoteAddress(handle: number, into: Uint8Array): number;
  socketSetOption(handle: number, option: number, value: number): number;
  socketGetOption(handle: number, option: number): number;
  /** Of a TCP connection, in the order of native/os/connection_information.h. */
  socketInformation(handle: number, into: Float64Array): number;
  /** Adds (1) or drops (0) a membership; addresses as wire addresses, interface index by `address.scope` or the second address. */
  socketMembership(
    handle: number,
    add: number,
    group: Uint8Array,
    networkInterface: Uint8Array | null,
    source: Uint8Array | null,
  ): number;
  socketMulticastInterface(handle: number, networkInterface: Uint8Array): number;
  /** Which transfers at a position the file refuses with ESPIPE: 1 reads, 2 writes, 3 both. 4: it ignores positions. */
  fileRefusedPositions(handle: number): number;
  /** Whether it is a regular file of a file system of this machine, so that a transfer of it waits for nobody. */
  fileIsLocal(handle: number): boolean;
  watchOpen(): number;
  watchRemove(handle: number, watch: number): number;
  /** Closes at once, for what must not wait (an accepted connection nobody takes). */
  handleCloseNow(handle: number): number;
}

function load(): Binding {
  const compiled = import.meta.url.endsWith('/dist/src/binding.js');
  const root = new URL(compiled ? '../../' : '../', import.meta.url);
  const places = [`build/Release/rescind.node`, `prebuilds/${process.platform}-${process.arch}/rescind.node`].map(
    (place) => fileURLToPath(new URL(place, root)),
  );
  const place = places.find((candidate) => existsSync(candidate));
  if (place === undefined) {
    throw new Error(
      `rescind has no native addon for ${process.platform}-${process.arch}: looked for ${places.join(' and ')}. ` +
        'In a clone, run npm run build.',
    );
  }
  const addon = createRequire(import.meta.url)(place) as Binding;
  if (
    addon.wireVersion !== layout.wireVersion ||
    addon.sizes.descriptor !== layout.descriptorInts * 4 ||
    addon.sizes.completion !== layout.completionInts * 4 ||
    addon.sizes.cancel !== layout.cancelInts * 4
  ) {
    throw new Error(
      `rescind's addon speaks wire version ${addon.wireVersion}, this code ${layout.wireVersion}: rebuild with npm run build`,
    );
  }
  return addon;
}

export const binding: Binding = load();

/** The platform in the words of process.platform. */
export const platform: NodeJS.Platform = process.platform;

// How the platforms differ, for code that is the same otherwise.
const isWindows = platform === 'win32';

/** Whether names of files are UTF-16, with surrogates that stand alone among it, instead of bytes. */
export const namesAreUtf16: boolean = isWindows;

/** Whether changes of files are told by the directories they are in, instead of by inotify. */
export const watchesDirectories: boolean = isWindows;
