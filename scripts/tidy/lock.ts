// The lock file has to serve every machine, not only the one that wrote it.

import { everyMatch } from './text.ts';
import type { Problem, Tree } from './tree.ts';

const path = 'package-lock.json';

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

export function lockFile(tree: Tree): Problem[] {
  const text = tree.files.get(path);
  if (text === undefined) return [];
  return [
    ...everyMatch([[path, text]], /"resolved":/g, 'lock', 'names the registry of one machine'),
    ...missingVariants(JSON.parse(text) as Lock),
  ];
}

// A registry that lacks the builds for other platforms makes npm leave them out, and npm ci from version 11 on
// refuses such a file.
function missingVariants({ packages }: Lock): Problem[] {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !(`node_modules/${name}` in packages) && !(`${place}/node_modules/${name}` in packages))
      .map((name) => ({ rule: 'lock', path, message: `${name}, optional for ${place}, has no entry` })),
  );
}
