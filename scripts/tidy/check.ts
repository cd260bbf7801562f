// All rules over one tree, less the exceptions.

import type { Exception } from './exceptions.ts';
import { importDirection, includeDirection } from './imports.ts';
import { lockFile } from './lock.ts';
import { sourceWithoutTest } from './tested.ts';
import { fileName, fileSize, platformAsked, testsLeftOut, unfinished } from './text.ts';
import type { Problem, Rule, Tree } from './tree.ts';
import { wireAgreement } from './wire.ts';

const rules: readonly Rule[] = [
  fileSize,
  fileName,
  unfinished,
  platformAsked,
  testsLeftOut,
  lockFile,
  importDirection,
  includeDirection,
  (tree) => sourceWithoutTest(tree),
  wireAgreement,
];

export function check(tree: Tree, exceptions: readonly Exception[]): Problem[] {
  const found = rules.flatMap((rule) => rule(tree));
  const excepts = ({ rule, path }: Exception, problem: Problem): boolean =>
    problem.rule === rule && problem.path === path && problem.warning !== true;
  const unneeded = exceptions
    .filter((exception) => !found.some((problem) => excepts(exception, problem)))
    .map(({ rule, path }) => ({ rule, path, message: 'an exception is listed that is not needed any more' }));
  return [...found.filter((problem) => !exceptions.some((exception) => excepts(exception, problem))), ...unneeded];
}
