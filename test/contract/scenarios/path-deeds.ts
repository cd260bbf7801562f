// Deeds on paths.

import {
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { contents, deed, directory, emptyDirectory, file, link, name, newOwner, ownerSeen, readOnly } from './deed.ts';

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
deed(
  'pathSymlink',
  () => {
    const path = name();
    return {
      given: { bytes: `target\0${path}` },
      happened: () => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
    };
  },
  { needsLinks: true },
);
deed('pathLink', () => {
  const path = name();
  return { given: { bytes: `${file()}\0${path}` }, happened: () => existsSync(path) };
});
deed('pathReadDirectory', () => ({ given: { bytes: directory }, happened: (trace) => trace.payload.byteLength > 0 }));
deed(
  'pathReadLink',
  () => {
    const path = link();
    return { given: { bytes: path }, happened: (trace) => trace.payload.toString() === readlinkSync(path) };
  },
  { needsLinks: true },
);
deed('pathRealPath', () => ({ given: { bytes: directory }, happened: (trace) => trace.payload.byteLength > 0 }));
deed('pathAccess', () => ({ given: { bytes: directory, argument0: constants.R_OK } }));
deed('pathChangeMode', () => {
  const path = file();
  return { given: { bytes: path, argument0: 0o400 }, happened: () => (statSync(path).mode & 0o777) === readOnly };
});
for (const [what, length] of Object.entries({ 'of what a link leads to': 0, 'of a link itself': 1 })) {
  deed(
    'pathChangeOwner',
    () => {
      const target = file();
      const path = name();
      symlinkSync(target, path);
      return {
        given: { bytes: path, length, ...newOwner },
        ...ownerSeen(() => (length === 1 ? lstatSync(path) : statSync(target))),
      };
    },
    { name: `pathChangeOwner ${what}`, needsLinks: true },
  );
}
deed('pathChangeTimes', () => {
  const path = file();
  return { given: { bytes: path, address: 1000, offset: 2000 }, happened: () => statSync(path).mtimeMs === 2_000_000 };
});
deed('pathMakeTemporary', () => {
  const prefix = `${name()}-`;
  return {
    given: { bytes: prefix },
    happened: () => readdirSync(directory).some((entry) => join(directory, entry).startsWith(prefix)),
  };
});
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
  happened: (trace) => trace.payload.byteLength === 64,
}));
