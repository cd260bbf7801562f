// The project as it looks on Windows: everything is that of the clone, but the addons. Wine does not show that the
// entries are links, so that a module finds its neighbours here and not in the clone.

import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const left = /^(?:build|build-.*|prebuilds|coverage)$/;

/** Where a stage has its addon. */
export function stagedAddon(stage: string): string {
  return join(stage, 'build/Release/rescind.node');
}

/** Makes it anew, and returns its folder. */
export function makeStage(root: string): string {
  const stage = join(root, 'build/windows/stage');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, 'build/Release'), { recursive: true });
  for (const name of readdirSync(root)) {
    if (!left.test(name)) symlinkSync(join(root, name), join(stage, name));
  }
  const built = join(root, 'build/windows/Release');
  for (const name of readdirSync(built)) {
    if (name.endsWith('.node')) symlinkSync(join(built, name), join(stage, 'build/Release', name));
  }
  return stage;
}
