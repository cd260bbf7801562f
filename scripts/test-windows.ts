// npm run test:windows [-- 20 22] [substring of a path …]: builds for Windows, and runs under Wine the compiled tests in
// the Windows version of Node, and the tests of the native side for Windows.
//
//   --no-build   with what was built before
//   --debug      in Wine's debugger, which shows where a program crashes

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endChildrenOnInterrupt, runChild } from './suite/child.ts';
import { installNode } from './suite/node-from-npm.ts';
import { runSuite } from './suite/suite.ts';
import { addTally, summaryLine } from './suite/tally.ts';
import { checkImports } from './windows/imports.ts';
import { runWindowsTests } from './windows/native.ts';
import { openPrefix } from './windows/prefix.ts';
import { makeStage, stagedAddon } from './windows/stage.ts';
import { findTools } from './windows/tools.ts';
import { runUnderWine } from './windows/wine.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'no-build': { type: 'boolean', default: false },
    debug: { type: 'boolean', default: false },
  },
});
const isVersion = (word: string): boolean => /^\d+$/.test(word);
const asked = positionals.filter(isVersion);
const filters = positionals.filter((word) => !isVersion(word));
// Those Wine 8 can run: 24 and 26 crash at their start.
const versions = asked.length > 0 ? asked : ['20', '22'];
// Many system calls are a conversation with Wine's server.
const patience = 2;

async function build(script: string): Promise<void> {
  const { failure, output } = await runChild('npm', ['run', '--silent', script], {
    directory: root,
    limitSeconds: 600,
  });
  if (failure !== null) throw new Error(`npm run ${script} ${failure}:\n${output}`);
}

endChildrenOnInterrupt();
const tools = findTools();
// First, because it makes sure that no other run uses what is built here.
const prefix = await openPrefix(`${root}build/wine-prefix`, tools);
if (!values['no-build']) {
  await build('build:windows');
  await build('build:typescript');
}
const stage = makeStage(root);
checkImports(stagedAddon(stage), tools.objdump);
const wine = { tools, prefix, addon: stagedAddon(stage), debug: values.debug };
const total = await runWindowsTests({
  root,
  compiler: tools.compiler,
  filters,
  run: (program, options) => runUnderWine(wine, program, [], options),
});
for (const version of versions) {
  const node = `${await installNode(root, 'win-x64', version)}/node.exe`;
  console.log(`Node ${version} for Windows, Wine ${prefix.version}`);
  const tally = await runSuite({
    root: stage,
    filters,
    compiled: true,
    patience,
    start: (args, options) => runUnderWine(wine, node, args, options),
    report: (text) => process.stdout.write(text),
  });
  console.log(`Node ${version} for Windows: ${summaryLine(tally)}`);
  addTally(total, tally);
}
console.log(summaryLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
