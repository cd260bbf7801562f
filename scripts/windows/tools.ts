// The programs of this machine that building and running for Windows needs.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Tools {
  /** Runs a Windows program. */
  wine: string;
  wineserver: string;
  /** Names the source line of an address. */
  addr2line: string;
  /** Shows what a program imports. */
  objdump: string;
  /** Makes programs for Windows. */
  compiler: string;
}

interface Candidates {
  package: string;
  /** Names looked up in PATH, and paths. */
  places: readonly string[];
}

// Debian's /usr/bin/wine asks for 32-bit programs, which nothing here needs.
const known: Readonly<Record<keyof Tools, Candidates>> = {
  wine: { package: 'wine64', places: ['/usr/lib/wine/wine64', 'wine64', 'wine'] },
  wineserver: { package: 'wine', places: ['/usr/lib/wine/wineserver', 'wineserver'] },
  addr2line: { package: 'g++-mingw-w64-x86-64-posix', places: ['x86_64-w64-mingw32-addr2line'] },
  objdump: { package: 'g++-mingw-w64-x86-64-posix', places: ['x86_64-w64-mingw32-objdump'] },
  compiler: { package: 'g++-mingw-w64-x86-64-posix', places: ['x86_64-w64-mingw32-g++-posix'] },
};

/**
 * @param search folders to look in, as in PATH
 * @param candidates what to look for. Default: what Debian has
 * @returns the tools' paths
 * @throws an Error that says which packages are missing
 */
export function findTools(
  search: string = process.env['PATH'] ?? '',
  candidates: Readonly<Record<keyof Tools, Candidates>> = known,
): Tools {
  const missing = new Set<string>();
  const find = (name: keyof Tools): string => {
    const { package: from, places } = candidates[name];
    const folders = search.split(delimiter).filter((folder) => folder !== '');
    const found = places
      .flatMap((place) => (place.includes('/') ? [place] : folders.map((folder) => join(folder, place))))
      .find(isProgram);
    if (found === undefined) missing.add(from);
    return found ?? '';
  };
  const tools = {
    wine: find('wine'),
    wineserver: find('wineserver'),
    addr2line: find('addr2line'),
    objdump: find('objdump'),
    compiler: find('compiler'),
  };
  if (missing.size === 0) return tools;
  throw new Error(
    `building and testing for Windows needs packages that are not installed: apt-get install ${[...missing].join(' ')}`,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
