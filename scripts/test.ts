// npm test: runs the tests and ends with the line `N passed, N failed`.
//
//   npm test -- [substring of a path …]   only these files
//   --compiled                            what tsc wrote under dist/ instead of the sources
//   --node <path>                         the compiled tests, with another node
//   --patience <factor>                   multiplies every time limit

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endChildrenOnInterrupt } from './suite/child.ts';
import { runSuite } from './suite/suite.ts';
import { summaryLine } from './suite/tally.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    compiled: { type: 'boolean', default: false },
    node: { type: 'string' },
    patience: { type: 'string', default: '1' },
  },
});

const patience = Number(values.patience);
if (!(patience > 0)) throw new RangeError(`--patience must be a number above 0, not ${values.patience}`);

endChildrenOnInterrupt();
const tally = await runSuite({
  root: fileURLToPath(new URL('..', import.meta.url)),
  filters: positionals,
  compiled: values.compiled || values.node !== undefined,
  node: values.node,
  patience,
  report: (text) => process.stdout.write(text),
});
console.log(summaryLine(tally));
process.exit(tally.failed > 0 || tally.passed === 0 ? 1 : 0);
