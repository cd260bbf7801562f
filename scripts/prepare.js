// npm's prepare: builds in a clone, and in the copy npm makes of one that is installed from git. Plain JavaScript:
// it runs where the development dependencies may not be installed, and says so before the build fails over it.

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const missing = ['typescript', 'cmake-js', 'node-addon-api'].filter((name) => {
  try {
    require.resolve(`${name}/package.json`);
    return false;
  } catch {
    return true;
  }
});
if (missing.length > 0) {
  console.error(
    `rescind is built from source here, and that needs ${missing.join(', ')}, which ` +
      `${missing.length === 1 ? 'is' : 'are'} not installed. Install the development dependencies too ` +
      '(npm ci --include=dev), or install the package from the registry, which comes built.',
  );
  process.exit(1);
}

const { status } = spawnSync('npm run build', { stdio: 'inherit', shell: true });
if (status !== 0) process.exit(status ?? 1);

// What is packed has prebuilds/ and not build/.
const root = fileURLToPath(new URL('..', import.meta.url));
const place = `${root}prebuilds/${process.platform}-${process.arch}/rescind.node`;
rmSync(place, { force: true });
cpSync(`${root}build/Release/rescind.node`, place);
