// An open file as a stream.Writable.

import { Writable } from 'node:stream';
import { knownOptions } from '../runtime/options.ts';
import { encodingOf, optionsWithEncoding } from './encoding.ts';
import { booleanOption } from './last-options.ts';
import type { OpenFile } from './open-file.ts';
import { checkStreamOptions, type FileStreamOptions, StreamLife } from './stream-life.ts';

/** Options of createWriteStream. */
export interface FileWriteStreamOptions extends FileStreamOptions {
  /** What bytes a text becomes when write() does not say. Default 'utf8'. */
  encoding?: BufferEncoding | undefined;
  /** Wait until the data is on the device before 'finish'. Default false. */
  flush?: boolean | undefined;
}

const known = knownOptions('encoding', 'autoClose', 'emitClose', 'start', 'highWaterMark', 'flush');

// As the streams of node:fs.
const defaultHighWaterMark = 16 * 1024;

/** destroy() takes a pending write back; `bytesWritten` says what reached the file. */
export class FileWriteStream extends Writable {
  /** Bytes written to the file so far. */
  bytesWritten = 0;
  readonly #life: StreamLife;
  readonly #flush: boolean;

  constructor(file: OpenFile, close: () => Promise<void>, given?: FileWriteStreamOptions | BufferEncoding) {
    const options = optionsWithEncoding<FileWriteStreamOptions>(given, known) ?? {};
    checkStreamOptions(options);
    const flush = booleanOption(options.flush, 'flush');
    super({
      highWaterMark: options.highWaterMark ?? defaultHighWaterMark,
      defaultEncoding: encodingOf(options.encoding, 'utf8') ?? 'utf8',
      emitClose: options.emitClose ?? true,
      autoDestroy: true,
    });
    this.#flush = flush;
    this.#life = new StreamLife(file, close, options);
    this.#life.follow((reason) => this.destroy(reason as Error));
  }

  /** The descriptor it writes to; -1 once that is closed. */
  get fd(): number {
    return this.#life.file.descriptor;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#writeAll([chunk]).then(() => callback(), callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    this.#writeAll(chunks.map(({ chunk }) => chunk)).then(() => callback(), callback);
  }

  async #writeAll(chunks: Buffer[]): Promise<void> {
    const life = this.#life;
    // One write for what was buffered together: copying is cheaper than an operation per chunk.
    let rest = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    while (rest.length > 0) {
      const bytesWritten = await life.track(life.file.writeLent(rest, life.position, life.options));
      life.advance(bytesWritten);
      this.bytesWritten += bytesWritten;
      rest = rest.subarray(bytesWritten);
    }
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (!this.#flush) {
      callback();
      return;
    }
    this.#life.track(this.#life.file.sync(this.#life.options)).then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#life.end(error ?? undefined).then(
      () => callback(error),
      (failure) => callback(error ?? failure),
    );
  }
}
