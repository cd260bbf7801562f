// The project as it looks on Windows: everything is that of the clone, but the addon.

import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const left = /^(?:build|build-.*|prebuilds|coverage)$/;

/** @returns the stage's folder */
export function makeStage(root: string): string {
  const stage = join(root, 'build/windows/stage');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, 'build/Release'), { recursive: true });
  for (const name of readdirSync(root)) {
    if (!left.test(name)) symlinkSync(join(root, name), join(stage, name));
  }
  symlinkSync(join(root, 'build/windows/Release/rescind.node'), join(stage, 'build/Release/rescind.node'));
  return stage;
}
