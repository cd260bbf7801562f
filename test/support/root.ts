// Where the project's own files are, from the sources and from what tsc makes of them.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function find(): string {
  let place = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(place, 'package.json'))) place = dirname(place);
  return place;
}

/** The directory of package.json. */
export const projectRoot: string = find();
