// rescind/fs: node:fs/promises with every pending operation revocable.

export { constants } from 'node:fs';
export type { OperationOptions } from '../runtime/operation.ts';
export type { PathLike } from '../runtime/paths.ts';
export { chmod, chown, lchown, lutimes, truncate, utimes } from './change-path.ts';
export { type CopyOptions, copyFile, cp } from './copy.ts';
export type { Directory, Directory as Dir } from './directory.ts';
export { Dirent } from './directory-entry.ts';
export type { NameEncoding } from './encoding.ts';
export type { FileHandle } from './file-handle.ts';
export type { HandleReadFileOptions, HandleWriteFileOptions, StatusOptions } from './handle-options.ts';
export { type MakeDirectoryOptions, mkdir } from './make-directory.ts';
export { type OpenOptions, open } from './open.ts';
export { link, mkdtemp, rename, rmdir, symlink, unlink } from './path-entries.ts';
export { access, lstat, type NameOptions, readlink, realpath, type StatFs, stat, statfs } from './path-status.ts';
export type { FileReadOptions, FileReadResult } from './read.ts';
export { type OpenDirectoryOptions, opendir, type ReadDirectoryOptions, readdir } from './read-directory.ts';
export { type ReadFileOptions, readFile } from './read-file.ts';
export type { FileReadStream, FileReadStreamOptions } from './read-stream.ts';
export { type RemoveOptions, rm } from './remove.ts';
export { BigIntStats, Stats } from './stats.ts';
export type { FileStreamOptions } from './stream-life.ts';
export { mkdtempDisposable, type TemporaryDirectory } from './temporary-directory.ts';
export type { TimeLike } from './times.ts';
export type { FileReadVectorResult, FileWriteVectorResult, VectorOptions } from './vectors.ts';
export { type FileChange, type FileWatcher, type WatchOptions, watch } from './watch.ts';
export type { FileReadableOptions, FileWritableOptions } from './web-streams.ts';
export type { FileData } from './whole-file.ts';
export type {
  FileWriteOptions,
  FileWriteResult,
  FileWriteTextOptions,
} from './write.ts';
export { appendFile, type WriteFileOptions, writeFile } from './write-file.ts';
export type { FileWriteStream, FileWriteStreamOptions } from './write-stream.ts';
