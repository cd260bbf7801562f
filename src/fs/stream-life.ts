// What the two file streams share: the controller that takes back a pending operation when the stream is
// destroyed, the caller's signal, and closing the file at the end.

import { checkBoolean, checkInteger } from '../errors.ts';
import type { OperationOptions } from '../runtime/operation.ts';
import { checkDetach, checkMilliseconds, checkSignal } from '../runtime/options.ts';
import type { OpenFile } from './open-file.ts';
import { currentPosition } from './ranges.ts';

/** Options of both file streams besides those of every operation, which hold for each read or write of the stream. */
export interface FileStreamOptions extends OperationOptions {
  /** Close the file when the stream ends or is destroyed. Default true. */
  autoClose?: boolean | undefined;
  /** Emit 'close' when the stream is done. Default true. */
  emitClose?: boolean | undefined;
  /** First byte of the file. Default: its current position. */
  start?: number | undefined;
  /** Bytes buffered. Default 64 KiB. */
  highWaterMark?: number | undefined;
}

/** Throws at once for wrong options. */
export function checkStreamOptions(options: FileStreamOptions): void {
  const { autoClose, emitClose, start, highWaterMark, signal, timeoutMs, detach, detachAfterMs } = options;
  if (autoClose !== undefined) checkBoolean(autoClose, 'options.autoClose');
  if (emitClose !== undefined) checkBoolean(emitClose, 'options.emitClose');
  if (start !== undefined) checkInteger(start, 'options.start', 0);
  if (highWaterMark !== undefined) checkInteger(highWaterMark, 'options.highWaterMark', 1);
  if (signal !== undefined) checkSignal(signal);
  if (timeoutMs !== undefined) checkMilliseconds(timeoutMs, 'options.timeoutMs');
  if (detach !== undefined) checkDetach(detach);
  if (detachAfterMs !== undefined) checkMilliseconds(detachAfterMs, 'options.detachAfterMs');
}

export class StreamLife {
  readonly file: OpenFile;
  /** Options of every operation of the stream. */
  readonly options: OperationOptions;
  /** Where the next operation is, or the current position of the file. */
  position: number;
  // Kept also when it is never called: it holds the FileHandle, whose collection would close the file.
  readonly #close: () => Promise<void>;
  readonly #autoClose: boolean;
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal | undefined;
  #onAbort: (() => void) | null = null;
  #pending: Promise<unknown> | null = null;
  #ending: Promise<void> | null = null;

  constructor(file: OpenFile, close: () => Promise<void>, options: FileStreamOptions) {
    this.file = file;
    this.position = options.start ?? currentPosition;
    this.#close = close;
    this.#autoClose = options.autoClose ?? true;
    this.#signal = options.signal;
    this.options = {
      signal: this.#controller.signal,
      timeoutMs: options.timeoutMs,
      detach: options.detach,
      detachAfterMs: options.detachAfterMs,
    };
  }

  /** Calls `destroy` with the reason when the caller's signal aborts, in this turn or, when it has, in the next. */
  follow(destroy: (reason: unknown) => void): void {
    const signal = this.#signal;
    if (signal === undefined) return;
    this.#onAbort = () => destroy(signal.reason);
    if (signal.aborted) queueMicrotask(this.#onAbort);
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Notes the operation a destroy must take back and wait for. */
  track<Value>(operation: Promise<Value>): Promise<Value> {
    this.#pending = operation;
    const settled = (): void => {
      if (this.#pending === operation) this.#pending = null;
    };
    operation.then(settled, settled);
    return operation;
  }

  /** Moves on by the bytes of one operation. */
  advance(bytes: number): void {
    if (this.position !== currentPosition) this.position += bytes;
  }

  /** Whether the stream is over: nothing more is to be told to it. */
  get ended(): boolean {
    return this.#ending !== null;
  }

  /** Asks for the pending operation back. */
  takeBack(reason: unknown): void {
    if (this.#pending !== null) this.#controller.abort(reason);
  }

  /** Takes the pending operation back, waits for it, closes; once, however often it is called. */
  end(reason: unknown): Promise<void> {
    this.#ending ??= this.#end(reason);
    return this.#ending;
  }

  async #end(reason: unknown): Promise<void> {
    if (this.#onAbort !== null) this.#signal?.removeEventListener('abort', this.#onAbort);
    this.takeBack(reason);
    await this.#pending?.catch(() => {
      // Its own callback has reported it, or the stream is over and nobody is to be told.
    });
    if (this.#autoClose) await this.#close();
  }
}
