// What lies below a path, in words that two runs of the same calls share.

import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Everything below a path and the path itself: name, kind, permissions, size of a file, what a link says. */
export function found(path: string): string[] {
  const lines: string[] = [];
  const visit = (name: string): void => {
    const place = join(path, name);
    const status = lstatSync(place);
    const kind = status.isDirectory() ? 'd' : status.isSymbolicLink() ? 'l' : status.isFile() ? 'f' : '?';
    const says = kind === 'l' ? withoutRun(readlinkSync(place)) : '';
    lines.push(`${name} ${kind} ${(status.mode & 0o7777).toString(8)} ${kind === 'f' ? status.size : ''} ${says}`);
    if (kind === 'd') for (const below of readdirSync(place)) visit(join(name, below));
  };
  visit('');
  return lines.sort();
}

// What a link says may name the directory of the run.
function withoutRun(target: string): string {
  return target.replace(/^.*[/\\](?:node|ours)-\d+/, '<directory>');
}
