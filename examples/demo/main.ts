// npm run demo: does what this package is for, on real files and sockets, and checks it. Ends with 0 only if
// all of it held.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyAndAbort } from './copy.ts';
import { echoAndAbort } from './echo.ts';
import { hangAndGoOn } from './fifos.ts';
import { cancelMany } from './many.ts';
import { Report } from './report.ts';

const steps: [title: string, run: (directory: string, report: Report) => Promise<void>][] = [
  ['Copy a file, with progress, and abort half-way', copyAndAbort],
  ['Echo over TCP, and abort a pending receive', echoAndAbort],
  ['Four FIFOs nobody writes to, and everything else goes on', hangAndGoOn],
  ['Cancel 9,000 pending operations with one signal', cancelMany],
];

// A demo that hangs has failed as well.
const deadline = setTimeout(() => {
  console.error('\nThe demo has not ended within 60 s.');
  process.exit(1);
}, 60_000);

const directory = await mkdtemp(join(tmpdir(), 'rescind-demo-'));
let failures = 0;
for (const [index, [title, run]] of steps.entries()) {
  console.log(`\n${index + 1}. ${title}`);
  try {
    await run(directory, new Report());
  } catch (error) {
    failures++;
    console.error('   DID NOT HOLD:', error);
  }
}
await rm(directory, { recursive: true, force: true });
clearTimeout(deadline);
console.log(failures === 0 ? '\nAll of it held.' : `\n${failures} of ${steps.length} did not hold.`);
process.exitCode = failures === 0 ? 0 : 1;
