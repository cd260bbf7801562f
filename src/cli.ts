#!/usr/bin/env node
// npx rescind doctor: what info() says, in words.

import { runtime } from './index.ts';
import { doctorReport } from './runtime/doctor.ts';

const [command, ...rest] = process.argv.slice(2);
if (command === 'doctor' && rest.length === 0) {
  const report = doctorReport(runtime.info());
  console.log(report.text);
  process.exitCode = report.sound ? 0 : 1;
} else {
  console.error(
    'Usage: rescind doctor\n\nSays which ways of this system rescind uses, and why it leaves others alone.',
  );
  process.exitCode = 2;
}
