// Operations on files and paths that never wait, each with a way to see whether it has happened.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Arguments, OperationName, Trace } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { fresh } from '../scene.ts';

export interface Act {
  given: Arguments;
  /** Whether it has happened; absent where nothing can be seen. */
  happened?(trace: Trace, value: number): boolean;
  close?(): void;
}

export interface Deed {
  name: string;
  operation: OperationName;
  onThreads: boolean;
  makesDescriptor: boolean;
  prepare(): Act;
}

const directory = temporaryDirectory();
let made = 0;
const name = (): string => join(directory, `deed-${made++}`);
const contents = 'the contents';

function file(): string {
  const path = name();
  writeFileSync(path, contents);
  return path;
}

function emptyDirectory(): string {
  const path = name();
  mkdirSync(path);
  return path;
}

function link(): string {
  const path = name();
  symlinkSync('target', path);
  return path;
}

const deeds: Deed[] = [];
function deed(operation: OperationName, prepare: () => Act, more: Partial<Deed> = {}): void {
  deeds.push({ name: operation, operation, onThreads: true, makesDescriptor: false, prepare, ...more });
}

/** A deed on the descriptor of a fresh file. */
function onFile(operation: OperationName, act: (descriptor: number, path: string) => Omit<Act, 'close'>): void {
  deed(operation, () => {
    const path = file();
    const descriptor = openSync(path, constants.O_RDWR);
    return { ...act(descriptor, path), close: () => closeSync(descriptor) };
  });
}

deed('noop', () => ({ given: {} }));
deed('timer', () => ({ given: { offset: 1 } }));
deed('handleClose', () => {
  const descriptor = openSync(file(), constants.O_RDONLY);
  const open = (): boolean => {
    try {
      fstatSync(descriptor);
      return true;
    } catch {
      return false;
    }
  };
  return { given: { on: descriptor }, happened: () => !open(), close: () => void (open() && closeSync(descriptor)) };
});
deed(
  'fileOpen',
  () => {
    const path = name();
    return {
      given: { bytes: path, argument0: constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, argument1: 0o600 },
      happened: () => existsSync(path),
    };
  },
  // Creating and then telling is two things: an open that is taken back in between has its descriptor closed,
  // and the file stays, as a file that open(2) created and a signal handler abandoned.
  { makesDescriptor: true, name: 'fileOpen that creates' },
);
deed('fileOpen', () => ({ given: { bytes: file(), argument0: constants.O_RDONLY } }), { makesDescriptor: true });
deed('socketOpen', () => ({ given: { argument0: 4, argument1: 1 } }), { makesDescriptor: true, onThreads: false });
onFile('fileRead', (on) => ({
  given: { on, views: [fresh(64)] },
  happened: (trace) => Buffer.from(trace.views[0] as Uint8Array).toString('latin1', 0, contents.length) === contents,
}));
onFile('fileReadVector', (on) => ({
  given: { on, views: [fresh(4), fresh(64)] },
  happened: (trace) => Buffer.concat(trace.views).toString('latin1', 0, contents.length) === contents,
}));
onFile('fileWrite', (on, path) => ({
  given: { on, views: [fresh(64)] },
  happened: () => readFileSync(path).byteLength === 64,
}));
onFile('fileWriteVector', (on, path) => ({
  given: { on, views: [fresh(4), fresh(64)] },
  happened: () => readFileSync(path).byteLength === 68,
}));
onFile('fileSync', (on) => ({ given: { on } }));
onFile('fileDataSync', (on) => ({ given: { on } }));
onFile('fileStatus', (on) => ({ given: { on }, happened: (trace) => trace.payload.byteLength > 0 }));
onFile('fileTruncate', (on, path) => ({ given: { on, offset: 3 }, happened: () => statSync(path).size === 3 }));
onFile('fileAllocate', (on, path) => ({
  given: { on, offset: 0, address: 4096 },
  happened: () => statSync(path).size === 4096,
}));
onFile('fileChangeMode', (on, path) => ({
  given: { on, argument0: 0o400 },
  happened: () => (statSync(path).mode & 0o777) === 0o400,
}));
onFile('fileChangeTimes', (on, path) => ({
  given: { on, address: 1000, offset: 2000 },
  happened: () => statSync(path).mtimeMs === 2_000_000,
}));
deed('fileReadWhole', () => ({
  given: { bytes: file(), argument0: constants.O_RDONLY },
  happened: (trace) => trace.payload.toString() === contents,
}));
deed('pathStatus', () => ({
  given: { bytes: file(), argument0: 1 },
  happened: (trace) => trace.payload.byteLength > 0,
}));
deed('pathUnlink', () => {
  const path = file();
  return { given: { bytes: path }, happened: () => !existsSync(path) };
});
deed('pathRemoveDirectory', () => {
  const path = emptyDirectory();
  return { given: { bytes: path }, happened: () => !existsSync(path) };
});
deed('pathRename', () => {
  const [from, to] = [file(), name()];
  return { given: { bytes: `${from}\0${to}` }, happened: () => existsSync(to) && !existsSync(from) };
});
deed('pathMakeDirectory', () => {
  const path = name();
  return { given: { bytes: path, argument0: 0o700 }, happened: () => existsSync(path) };
});
deed('pathSymlink', () => {
  const path = name();
  return {
    given: { bytes: `target\0${path}` },
    happened: () => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  };
});
deed('pathLink', () => {
  const path = name();
  return { given: { bytes: `${file()}\0${path}` }, happened: () => existsSync(path) };
});
deed('pathReadDirectory', () => ({ given: { bytes: directory }, happened: (trace) => trace.payload.byteLength > 0 }));
deed('pathReadLink', () => {
  const path = link();
  return { given: { bytes: path }, happened: (trace) => trace.payload.toString() === readlinkSync(path) };
});
deed('pathRealPath', () => ({ given: { bytes: directory }, happened: (trace) => trace.payload.byteLength > 0 }));
deed('pathAccess', () => ({ given: { bytes: directory, argument0: constants.R_OK } }));
deed('pathChangeMode', () => {
  const path = file();
  return { given: { bytes: path, argument0: 0o400 }, happened: () => (statSync(path).mode & 0o777) === 0o400 };
});
deed('pathChangeTimes', () => {
  const path = file();
  return { given: { bytes: path, address: 1000, offset: 2000 }, happened: () => statSync(path).mtimeMs === 2_000_000 };
});
deed('pathMakeTemporary', () => ({
  given: { bytes: name() },
  happened: (trace) => existsSync(trace.payload.toString()) && trace.payload.byteLength > 0,
}));
deed('pathCopy', () => {
  const [from, to] = [file(), name()];
  // A copy that is taken back half-way leaves nothing behind.
  return {
    given: { bytes: `${from}\0${to}` },
    happened: () => existsSync(to) && readFileSync(to, 'utf8') === contents,
  };
});
deed('pathStatusFilesystem', () => ({
  given: { bytes: directory },
  happened: (trace) => trace.payload.byteLength === 56,
}));
deed('addressLookup', () => ({
  given: { bytes: '127.0.0.1' },
  happened: (trace) => trace.payload.byteLength > 0,
}));

export const everyDeed: readonly Deed[] = deeds;
