// Where a program crashed, from what Wine says of it.

import { spawnSync } from 'node:child_process';

/** The source line of the addon at which the program crashed, as a line of text, or nothing. */
export function sourceLine(output: string, addon: string, addr2line: string): string {
  const address = crashAddress(output);
  if (address === null) return '';
  // Wine puts a library where it asks to be put, so that the address is the one in the file.
  const { stdout, error } = spawnSync(addr2line, ['-Cfpie', addon, address], { encoding: 'utf8' });
  return error !== undefined || stdout.startsWith('??') ? '' : `in ${stdout}`;
}

/** The address in Wine's line about a crash, or null when there is none. */
export function crashAddress(output: string): string | null {
  return /^wine: Unhandled .* at address ([0-9A-Fa-f:]+)/m.exec(output)?.[1] ?? null;
}
