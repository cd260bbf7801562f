// Node binaries of any version and platform, which npm has as packages.

import { existsSync, mkdirSync } from 'node:fs';
import { runChild } from './child.ts';

/** Installs node-<target>@<version> under build-nodes/, once, and returns the path of its folder bin. */
export async function installNode(root: string, target: string, version: string): Promise<string> {
  const name = `node-${target}`;
  const folder = `${root}build-nodes/${target}-${version}`;
  const binaries = `${folder}/node_modules/${name}/bin`;
  if (!existsSync(binaries)) {
    mkdirSync(folder, { recursive: true });
    // By force, because the package may be made for another platform than this.
    const args = [
      'install',
      '--force',
      '--prefix',
      folder,
      '--no-save',
      '--no-package-lock',
      '--no-audit',
      '--no-fund',
    ];
    const { failure, output } = await runChild('npm', [...args, `${name}@${version}`], {
      directory: folder,
      limitSeconds: 300,
    });
    if (failure !== null) throw new Error(`npm ${failure} for ${name}@${version}:\n${output}`);
  }
  return binaries;
}
