// The files a rule looks at, and what it finds.

export interface Tree {
  /** Text by path from the root, with slashes. */
  files: ReadonlyMap<string, string>;
}

export interface Problem {
  rule: string;
  path: string;
  message: string;
  /** Shown, but no reason to fail. */
  warning?: true;
}

export type Rule = (tree: Tree) => Problem[];

/** The paths and texts below one of the folders whose names end as asked. */
export function filesOf(tree: Tree, folders: readonly string[], endings: readonly string[]): [string, string][] {
  return [...tree.files].filter(
    ([path]) => folders.some((folder) => path.startsWith(folder)) && endings.some((ending) => path.endsWith(ending)),
  );
}

/** The number of the line that `index` is on, the first is 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
