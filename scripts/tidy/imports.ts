// What a source may import: only what lies below it.

import { posix } from 'node:path';
import { filesOf, lineAt, type Problem, type Tree } from './tree.ts';

const layers: readonly (readonly string[])[] = [
  ['src/wire/'],
  ['src/errors.ts', 'src/binding.ts'],
  ['src/runtime/'],
  ['src/fs/', 'src/net/', 'src/dgram/', 'src/dns/', 'src/qos/'],
  ['src/streams/', 'src/undici/', 'src/sockets/', 'src/queue/'],
  ['src/index.ts', 'src/cli.ts', 'src/cli/'],
];

/** Packages, and the only place that may use each. */
const packages: Readonly<Record<string, string>> = { 'p-queue': 'src/queue/', undici: 'src/undici/' };

export interface Import {
  from: string;
  /** As written: './slot.ts', 'node:fs'. */
  specifier: string;
  /** The path it leads to when it is relative, otherwise null. */
  path: string | null;
  line: number;
}

/** Every import and re-export of a TypeScript file, types and import() included. */
export function importsOf(from: string, text: string): Import[] {
  const statement =
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s+['"]([^'"]+)['"]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(statement)].map((match) => {
    const specifier = (match[1] ?? match[2] ?? match[3]) as string;
    return {
      from,
      specifier,
      path: specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null,
      line: lineAt(text, match.index + match[0].length),
    };
  });
}

function layerOf(path: string): number {
  return layers.findIndex((places) =>
    places.some((place) => path === place || (place.endsWith('/') && path.startsWith(place))),
  );
}

function areaOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

/** Relative imports in src lead to the same layer or a lower one, and never in a circle between its areas. */
export function importDirection(tree: Tree): Problem[] {
  const problems: Problem[] = [];
  const uses = new Map<string, Set<string>>();
  const report = ({ from, line }: Import, message: string): void => {
    problems.push({ rule: 'imports', path: from, message: `line ${line}: ${message}` });
  };
  for (const [path, text] of filesOf(tree, ['src/'], ['.ts'])) {
    const layer = layerOf(path);
    if (layer === -1) {
      problems.push({ rule: 'imports', path, message: 'is in no layer: name its place in scripts/tidy/imports.ts' });
      continue;
    }
    for (const imported of importsOf(path, text)) {
      if (imported.path === null) {
        const place = packages[imported.specifier];
        if (imported.specifier.startsWith('node:')) continue;
        if (place === undefined || !path.startsWith(place)) report(imported, `'${imported.specifier}' is not for here`);
        continue;
      }
      const target = layerOf(imported.path);
      if (target === -1) report(imported, `${imported.path} is in no layer`);
      else if (target > layer) report(imported, `${imported.path} lies above`);
      else if (areaOf(imported.path) !== areaOf(path)) {
        const known = uses.get(areaOf(path)) ?? new Set();
        uses.set(areaOf(path), known.add(areaOf(imported.path)));
        if (uses.get(areaOf(imported.path))?.has(areaOf(path)) === true) {
          report(imported, `${areaOf(imported.path)} imports ${areaOf(path)} already, and this closes the circle`);
        }
      }
    }
  }
  return problems;
}

const nodeApi = /^#include\s+[<"](?:napi|node_api|js_native_api)[\w-]*\.h[>"]/gm;
const nodeApiPlaces = ['native/napi/', 'native/addon.cc'];

/** Only native/napi knows JavaScript; lanes do not know each other; what is below does not know what is above. */
export function includeDirection(tree: Tree): Problem[] {
  const problems: Problem[] = [];
  for (const [path, text] of filesOf(tree, ['native/'], ['.h', '.cc'])) {
    const report = (index: number, message: string): void => {
      problems.push({ rule: 'includes', path, message: `line ${lineAt(text, index)}: ${message}` });
    };
    const knowsJavaScript = nodeApiPlaces.some((place) => path.startsWith(place));
    if (!knowsJavaScript) {
      for (const { index } of text.matchAll(nodeApi)) report(index, 'Node-API belongs to native/napi');
    }
    for (const match of text.matchAll(/^#include\s+"([^"]+)"/gm)) {
      const included = match[1] as string;
      if (included.startsWith('napi/') && !knowsJavaScript) report(match.index, `${included} lies above`);
      if (path.startsWith('native/wire/') && !included.startsWith('wire/'))
        report(match.index, `${included} lies above`);
      if (path.startsWith('native/os/') && included.startsWith('backend/'))
        report(match.index, `${included} lies above`);
      const lane = /^native\/backend\/(\w+)\//.exec(path)?.[1];
      const other = /^backend\/(\w+)\//.exec(included)?.[1];
      if (lane !== undefined && other !== undefined && lane !== other && lane !== 'route') {
        report(match.index, `lane ${lane} must not know lane ${other}`);
      }
    }
  }
  return problems;
}
