// What a single file's text, name and size must hold to.

import { filesOf, lineAt, type Problem, type Tree } from './tree.ts';

const code = ['src/', 'native/', 'test/', 'scripts/', 'bench/', 'examples/'];
const codeEndings = ['.ts', '.js', '.mjs', '.c', '.cc', '.h'];

const linesAimed = 250;
const linesMost = 500;

export function fileSize(tree: Tree): Problem[] {
  return filesOf(tree, code, codeEndings).flatMap(([path, text]): Problem[] => {
    const lines = text.split('\n').length - 1;
    if (lines > linesMost) return [{ rule: 'size', path, message: `${lines} lines, at most ${linesMost}` }];
    if (lines <= linesAimed) return [];
    return [{ rule: 'size', path, message: `${lines} lines, aim at ${linesAimed}`, warning: true }];
  });
}

/** No drawer for what belongs elsewhere. */
export function fileName(tree: Tree): Problem[] {
  return filesOf(tree, code, codeEndings)
    .filter(([path]) => /\/(?:utils?|helpers?|misc|common)(?:\.test)?\.\w+$/.test(path))
    .map(([path]) => ({ rule: 'name', path, message: 'a helper lives with the idea it serves' }));
}

export function unfinished(tree: Tree): Problem[] {
  return everyMatch(
    filesOf(tree, code, codeEndings),
    /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/g,
    'unfinished',
    'finish it, or make it an issue',
  );
}

const platformPlaces = ['src/binding.ts', 'src/runtime/address.ts', 'src/net/pipe-path.ts'];

export function platformAsked(tree: Tree): Problem[] {
  return everyMatch(
    filesOf(tree, ['src/'], ['.ts']).filter(([path]) => !platformPlaces.includes(path)),
    /\bprocess\.platform\b|\bos\.platform\(|\bplatform\b[^;]*from 'node:os'/g,
    'platform',
    `only ${platformPlaces.join(', ')} may ask for the platform`,
  );
}

export function testsLeftOut(tree: Tree): Problem[] {
  const tests = filesOf(tree, ['test/'], ['.test.ts']);
  const focused = everyMatch(
    tests,
    /^\s*test\.o[n]ly\(/gm,
    'focused',
    'keeps the other tests of the file from running',
  );
  const skipped = tests.flatMap(([path, text]) =>
    [...text.matchAll(/^.*\btest\.s[k]ip\(.*$/gm)]
      .filter(({ 0: line, index }) => !line.includes('//') && !/\/\/.*\n$/.test(text.slice(0, index)))
      .map(({ index }) => ({
        rule: 'skipped',
        path,
        message: `line ${lineAt(text, index)}: say in a comment beside it why it is skipped`,
      })),
  );
  return [...focused, ...skipped];
}

export function everyMatch(files: [string, string][], pattern: RegExp, rule: string, message: string): Problem[] {
  return files.flatMap(([path, text]) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
      rule,
      path,
      message: `line ${lineAt(text, index + found.length - found.trimStart().length)}: ${message}`,
    })),
  );
}
