// npm run test:nodes [-- 22 24 26]: the compiled tests with other versions of Node, which come from npm.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endChildrenOnInterrupt, runChild } from './suite/child.ts';
import { installNode } from './suite/node-from-npm.ts';
import { runSuite } from './suite/suite.ts';
import { addTally, noTests, summaryLine } from './suite/tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ['22', '24', '26'];

/** The path of a Node binary of that major version. */
async function nodeOf(version: string): Promise<string> {
  const binary = `${await installNode(root, `${process.platform}-${process.arch}`, version)}/node`;
  const { stdout, error } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (!stdout.startsWith(`v${version}.`)) throw new Error(`${binary} is ${stdout.trim()}, not version ${version}`);
  return binary;
}

endChildrenOnInterrupt();
const compiled = await runChild('npm', ['run', '--silent', 'build:typescript'], { directory: root, limitSeconds: 300 });
if (compiled.failure !== null) throw new Error(`tsc ${compiled.failure}:\n${compiled.output}`);

const total = noTests();
for (const version of versions) {
  const node = await nodeOf(version);
  console.log(`Node ${version}`);
  const tally = await runSuite({
    root,
    filters: [],
    compiled: true,
    node,
    report: (text) => process.stdout.write(text),
  });
  console.log(`Node ${version}: ${summaryLine(tally)}`);
  addTally(total, tally);
}
console.log(summaryLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
