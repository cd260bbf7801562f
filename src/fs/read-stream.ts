// An open file as a stream.Readable.

import { Readable } from 'node:stream';
import { checkInteger, invalidType, outOfRange } from '../errors.ts';
import { knownOptions } from '../runtime/options.ts';
import { encodingOf, optionsWithEncoding } from './encoding.ts';
import type { OpenFile } from './open-file.ts';
import { checkStreamOptions, type FileStreamOptions, StreamLife } from './stream-life.ts';

/** Options of createReadStream. */
export interface FileReadStreamOptions extends FileStreamOptions {
  /** Gives text instead of bytes. */
  encoding?: BufferEncoding | undefined;
  /** Last byte of the file, included. Default Infinity. */
  end?: number | undefined;
}

const known = knownOptions('encoding', 'autoClose', 'emitClose', 'start', 'end', 'highWaterMark');

const defaultHighWaterMark = 64 * 1024;

/**
 * Reads ahead by `highWaterMark` bytes. destroy() takes a pending read back: bytes it had not moved stay for
 * the next reader of the handle.
 */
export class FileReadStream extends Readable {
  /** Bytes read from the file so far. */
  bytesRead = 0;
  readonly #life: StreamLife;
  #left: number;

  constructor(file: OpenFile, close: () => Promise<void>, given?: FileReadStreamOptions | BufferEncoding) {
    const options = optionsWithEncoding<FileReadStreamOptions>(given, known) ?? {};
    checkStreamOptions(options);
    const { start, end = Number.POSITIVE_INFINITY } = options;
    checkEnd(start, end);
    super({
      highWaterMark: options.highWaterMark ?? defaultHighWaterMark,
      encoding: encodingOf(options.encoding, null) ?? undefined,
      emitClose: options.emitClose ?? true,
      autoDestroy: true,
    } as ConstructorParameters<typeof Readable>[0]);
    this.#left = end - (start ?? 0) + 1;
    this.#life = new StreamLife(file, close, options);
    this.#life.follow((reason) => this.destroy(reason as Error));
  }

  /** The descriptor it reads from; -1 once that is closed. */
  get fd(): number {
    return this.#life.file.descriptor;
  }

  override _read(size: number): void {
    const most = Math.min(size, this.#left);
    if (most <= 0) {
      this.push(null);
      return;
    }
    const life = this.#life;
    const buffer = Buffer.allocUnsafeSlow(most);
    life.track(life.file.readOwned(buffer, life.position, life.options)).then(
      (bytesRead) => {
        life.advance(bytesRead);
        this.bytesRead += bytesRead;
        this.#left -= bytesRead;
        // A short read does not keep the memory of a long one.
        const bytes = bytesRead * 2 < most ? Buffer.from(buffer.subarray(0, bytesRead)) : buffer.subarray(0, bytesRead);
        this.push(bytesRead === 0 ? null : bytes);
      },
      (error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#life.end(error ?? undefined).then(
      () => callback(error),
      (failure) => callback(error ?? failure),
    );
  }
}

function checkEnd(start: number | undefined, end: unknown): void {
  if (typeof end !== 'number') throw invalidType('options.end', 'of type number', end);
  if (end === Number.POSITIVE_INFINITY) return;
  checkInteger(end, 'options.end', 0);
  if (start !== undefined && start > end) throw outOfRange('start', `<= "end" (here: ${end})`, start);
}
