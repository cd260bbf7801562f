// The types of rescind/fs: compiled, never run.

import type { Readable, Writable } from 'node:stream';
import * as fs from '../../src/fs/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only if the value is of exactly the type. */
function exactly<Expected>(): <Actual>(value: Actual, same: Same<Actual, Expected>) => void {
  return () => {};
}

export async function paths(url: URL, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  exactly<Buffer>()(await fs.readFile('x'), true);
  exactly<Buffer>()(await fs.readFile(url, { signal, timeoutMs: 5 }), true);
  exactly<Buffer>()(await fs.readFile(bytes, null), true);
  exactly<Buffer>()(await fs.readFile('x', 'buffer'), true);
  exactly<string>()(await fs.readFile('x', 'utf8'), true);
  exactly<string>()(await fs.readFile('x', { encoding: 'latin1', flag: 'r+', signal }), true);
  exactly<string | Buffer>()(await fs.readFile('x', {} as fs.ReadFileOptions), true);
  exactly<string[]>()(await fs.readdir('x'), true);
  exactly<string[]>()(await fs.readdir('x', { recursive: true, signal }), true);
  exactly<Buffer[]>()(await fs.readdir('x', 'buffer'), true);
  exactly<fs.Dirent[]>()(await fs.readdir('x', { withFileTypes: true }), true);
  exactly<fs.Dirent<Buffer>[]>()(await fs.readdir('x', { withFileTypes: true, encoding: 'buffer' }), true);
  exactly<fs.Stats>()(await fs.stat('x'), true);
  exactly<fs.BigIntStats>()(await fs.lstat('x', { bigint: true }), true);
  exactly<fs.Stats | fs.BigIntStats>()(await fs.stat('x', { bigint: Math.random() > 0.5 }), true);
  exactly<fs.StatFs<bigint>>()(await fs.statfs('x', { bigint: true }), true);
  exactly<string>()(await fs.realpath('x'), true);
  exactly<Buffer>()(await fs.readlink('x', 'buffer'), true);
  exactly<string>()(await fs.mkdtemp('x', { encoding: 'utf8' }), true);
  exactly<void>()(await fs.mkdir('x', { signal }), true);
  exactly<string | undefined>()(await fs.mkdir('x', { recursive: true }), true);
  exactly<void>()(await fs.access('x', { signal }), true);
  exactly<void>()(await fs.copyFile('x', url, fs.constants.COPYFILE_EXCL, { signal, detachAfterMs: 5 }), true);
  exactly<void>()(await fs.cp('x', 'y', { recursive: true, filter: async (path) => path !== '' }), true);
  exactly<void>()(await fs.writeFile('x', [new Uint16Array(1), 'text'], { flush: true, signal }), true);
  exactly<fs.Directory>()(await fs.opendir('x'), true);
  exactly<fs.FileHandle>()(await fs.open('x', 'r', 0o600, { signal }), true);
  exactly<fs.FileHandle>()(await fs.open('x', { flags: 'w', signal }), true);

  // An option that does not exist, a signal that is none, data that cannot be written.
  // @ts-expect-error
  await fs.stat('x', { singal: signal });
  // @ts-expect-error
  await fs.stat('x', { signal: {} });
  // @ts-expect-error
  await fs.stat(5);
  // @ts-expect-error
  await fs.writeFile('x', 5);
  // @ts-expect-error
  await fs.symlink('x', 'y', 'hard');
}

export async function handles(file: fs.FileHandle, signal: AbortSignal, views: [Buffer, Float64Array]): Promise<void> {
  exactly<fs.FileReadResult<Buffer>>()(await file.read(), true);
  exactly<fs.FileReadResult<Buffer>>()(await file.read({ length: 5, signal }), true);
  exactly<DataView<ArrayBuffer>>()((await file.read(new DataView(new ArrayBuffer(1)))).buffer, true);
  exactly<Float32Array<ArrayBuffer>>()((await file.read(new Float32Array(1), 0, 4, 0n, { signal })).buffer, true);
  exactly<Float32Array<ArrayBuffer>>()((await file.read({ buffer: new Float32Array(1), position: 5 })).buffer, true);
  exactly<fs.FileWriteResult<string>>()(await file.write('text', null, 'utf8', { signal }), true);
  exactly<fs.FileWriteResult<string>>()(await file.write('text', { position: 5n, signal }), true);
  exactly<[Buffer, Float64Array]>()((await file.readv(views, 5)).buffers, true);
  exactly<[Buffer, Float64Array]>()((await file.writev(views, { signal })).buffers, true);
  exactly<fs.BigIntStats>()(await file.stat({ bigint: true, signal }), true);
  exactly<string>()(await file.readFile('utf8'), true);
  exactly<Buffer>()(await file.readFile({ signal }), true);
  const readable: Readable = file.createReadStream({ signal, start: 5 });
  const writable: Writable = file.createWriteStream({ flush: true });
  readable.pipe(writable);
  for await (const line of file.readLines({ encoding: 'utf8' })) exactly<string>()(line, true);
  const disposable: AsyncDisposable = file;
  await disposable[Symbol.asyncDispose]();
  // @ts-expect-error
  await file.read(5);
  // @ts-expect-error
  await file.read(Buffer.alloc(1), { singal: signal });
  // @ts-expect-error
  await file.write(5);
}
