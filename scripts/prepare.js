// Says what is missing before the build fails over it. Plain JavaScript: it runs where the development
// dependencies may not be installed.

import { createRequire } from 'node:module';

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
