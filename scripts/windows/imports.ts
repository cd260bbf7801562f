// The libraries the addon for Windows makes the system load.

import { execFileSync } from 'node:child_process';

// Those Windows takes from its own folder whatever lies beside the addon: KnownDLLs. Others could be put there by
// somebody else, and mingw's C++ runtime would have to come along.
const known = ['kernel32.dll', 'msvcrt.dll', 'ws2_32.dll', 'ntdll.dll', 'advapi32.dll'];

/** @throws an Error that names the libraries the addon must not need */
export function checkImports(addon: string, objdump: string): void {
  const table = execFileSync(objdump, ['-p', addon], { encoding: 'utf8' });
  const names = importedLibraries(table);
  if (!names.includes('kernel32.dll')) throw new Error(`${objdump} shows no imports of ${addon}`);
  const others = names.filter((name) => !known.includes(name));
  if (others.length > 0) throw new Error(`${addon} needs ${others.join(', ')}, and may only need ${known.join(', ')}`);
}

/** The libraries in what objdump says of a program, in lower case. */
export function importedLibraries(table: string): string[] {
  return [...table.matchAll(/^\s*DLL Name: (\S+)$/gm)].map(([, name]) => String(name).toLowerCase());
}
