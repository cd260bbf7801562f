// Deeds on descriptors and whole files.

import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { binding } from '../../../src/binding.ts';
import { watchedMask } from '../../../src/fs/watch-events.ts';
import { Family, streamPair } from '../../support/sockets.ts';
import { fresh } from '../scene.ts';
import { contents, deed, file, name, newOwner, onFile, ownerSeen } from './deed.ts';

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
onFile('fileChangeOwner', (on, path) => ({
  given: { on, ...newOwner },
  ...ownerSeen(() => statSync(path)),
}));
deed('fileReadWhole', () => ({
  given: { bytes: file(), argument0: constants.O_RDONLY },
  happened: (trace) => trace.payload.toString() === contents,
}));
// One submission makes only a file of which the kernel's cache knows that it is absent.
function absent(): string {
  const path = name();
  existsSync(path);
  return path;
}

// Null when there is no such file.
function textOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'latin1') : null;
}

const replaces = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
for (const [what, place] of Object.entries({ 'of a file that is there': file, 'of a new file': absent })) {
  deed(
    'fileWriteWhole',
    () => {
      const path = place();
      const before = textOf(path);
      const views = [fresh(64)];
      const written = Buffer.from(views[0] as Uint8Array).toString('latin1');
      return {
        given: { bytes: path, views, argument0: replaces, argument1: 0o600 },
        happened: () => {
          const now = textOf(path);
          assert.ok(now === before || now === written, `neither untouched nor whole: ${now?.length} bytes`);
          return now === written;
        },
      };
    },
    // Three entries linked: elsewhere it is done in steps.
    { onThreads: false, onTinyRings: false, name: `fileWriteWhole ${what}` },
  );
}
deed('watchAdd', () => {
  const on = binding.watchOpen();
  return {
    given: { on, bytes: file(), argument0: watchedMask },
    happened: (_trace, watch) => {
      const watches = [...readFileSync(`/proc/self/fdinfo/${on}`, 'utf8').matchAll(/^inotify wd:(\w+)/gm)];
      return watches.length === 1 && (watch < 0 || Number.parseInt(watches[0]?.[1] as string, 16) === watch);
    },
    close: () => closeSync(on),
  };
});
deed(
  'socketShutdown',
  async () => {
    const [on, theirs] = await streamPair(Family.unix);
    return {
      given: { on, argument0: 1 },
      happened: () => {
        try {
          writeSync(on, 'x');
          return false;
        } catch (error) {
          return (error as NodeJS.ErrnoException).code === 'EPIPE';
        }
      },
      close: () => {
        closeSync(on);
        closeSync(theirs);
      },
    };
  },
  { onThreads: false },
);
deed('addressLookup', () => ({
  given: { bytes: '127.0.0.1' },
  happened: (trace) => trace.payload.byteLength > 0,
}));
