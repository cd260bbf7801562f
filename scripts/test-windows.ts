// npm run test:windows [-- 20 22] [substring of a path …]: builds for Windows, and runs the compiled tests in the
// Windows version of Node under Wine. --no-build leaves out the builds.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endChildrenOnInterrupt, runChild } from './suite/child.ts';
import { installNode } from './suite/node-from-npm.ts';
import { runSuite } from './suite/suite.ts';
import { addTally, noTests, summaryLine } from './suite/tally.ts';
import { makeStage } from './windows/stage.ts';
import { openWine } from './windows/wine.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-build': { type: 'boolean', default: false } },
});
const asked = positionals.filter((word) => /^\d+$/.test(word));
const filters = positionals.filter((word) => !/^\d+$/.test(word));
const versions = asked.length > 0 ? asked : ['20', '22'];
// Everything that Wine does is slower than on the system it runs on.
const patience = 2;

async function build(script: string): Promise<void> {
  const { failure, output } = await runChild('npm', ['run', '--silent', script], {
    directory: root,
    limitSeconds: 600,
  });
  if (failure !== null) throw new Error(`npm run ${script} ${failure}:\n${output}`);
}

endChildrenOnInterrupt();
if (!values['no-build']) {
  await build('build:windows');
  await build('build:typescript');
}
const stage = makeStage(root);
const wine = await openWine(`${root}build/wine-prefix`, `${root}build/wine-logs`);
const total = noTests();
try {
  for (const version of versions) {
    const node = `${await installNode(root, 'win-x64', version)}/node.exe`;
    console.log(`Node ${version} for Windows, Wine ${wine.version}`);
    const tally = await runSuite({
      root: stage,
      filters,
      compiled: true,
      patience,
      start: (args, options) => wine.run(node, args, options),
      report: (text) => process.stdout.write(text),
    });
    console.log(`Node ${version} for Windows: ${summaryLine(tally)}`);
    addTally(total, tally);
  }
} finally {
  await wine.end();
}
console.log(summaryLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
