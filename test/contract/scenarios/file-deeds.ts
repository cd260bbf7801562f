// Deeds on descriptors and whole files.

import { constants, existsSync, readFileSync, statSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { binding, platform } from '../../../src/binding.ts';
import { watchedMask } from '../../../src/fs/watch-events.ts';
import { closeNow } from '../../support/descriptors.ts';
import { outside } from '../../support/outside.ts';
import { Family, streamPair } from '../../support/sockets.ts';
import { fresh } from '../scene.ts';
import { contents, deed, file, name, newOwner, onFile, ownerSeen, readOnly } from './deed.ts';

deed('noop', () => ({ given: {} }));
deed('timer', () => ({ given: { offset: 1 } }));
deed('handleClose', async () => {
  const descriptor = await outside.openFile(file());
  const open = (): boolean => outside.isOpen(descriptor);
  return { given: { on: descriptor }, happened: () => !open(), close: () => void (open() && closeNow(descriptor)) };
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
// What fresh() makes, and the contents have not.
const freshBytes = (bytes: Uint8Array): number => bytes.filter((byte) => byte === 0xee).byteLength;

// Several pieces may be several calls of the system: taken back between them, the count is a short one.
function hasMoved(bytes: number, value: number, whole: number, pieces: number): boolean {
  if (value < 0) return bytes > 0;
  assert.ok(value === whole || (pieces > 1 && value > 0), `${value} of ${whole} bytes`);
  return bytes === value;
}

for (const [operation, sizes] of [['fileRead', [64]] as const, ['fileReadVector', [4, 64]] as const]) {
  onFile(operation, (on) => ({
    given: { on, views: sizes.map(fresh) },
    happened: ({ views }, value) => {
      const memory = Buffer.concat(views);
      const read = memory.byteLength - freshBytes(memory);
      assert.is(memory.toString('latin1', 0, read), contents.slice(0, read));
      return hasMoved(read, value, contents.length, sizes.length);
    },
  }));
}
for (const [operation, sizes] of [['fileWrite', [64]] as const, ['fileWriteVector', [4, 64]] as const]) {
  onFile(operation, (on, path) => ({
    given: { on, views: sizes.map(fresh) },
    happened: (_trace, value) => {
      const now = readFileSync(path);
      const written = freshBytes(now);
      assert.is(now.toString('latin1', written), contents.slice(written));
      return hasMoved(written, value, sizes.length === 1 ? 64 : 68, sizes.length);
    },
  }));
}
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
  happened: () => (statSync(path).mode & 0o777) === readOnly,
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
    close: () => closeNow(on),
  };
});
deed(
  'socketShutdown',
  async () => {
    const [on, theirs] = await streamPair(platform === 'win32' ? Family.ipv4 : Family.unix);
    return {
      given: { on, argument0: 1 },
      happened: () => {
        try {
          outside.write(on, Buffer.from('x'));
          return false;
        } catch (error) {
          return /EPIPE|10058/.test((error as Error).message);
        }
      },
      close: () => {
        closeNow(on);
        closeNow(theirs);
      },
    };
  },
  { onThreads: false },
);
deed('addressLookup', () => ({
  given: { bytes: '127.0.0.1' },
  happened: (trace) => trace.payload.byteLength > 0,
}));
// The host of a name that is an address: it is its own entry.
deed('entryLookup', () => ({
  given: { bytes: '127.0.0.1\0', argument0: 1, argument1: 4 },
  happened: (trace) => trace.payload.byteLength > 0,
}));
