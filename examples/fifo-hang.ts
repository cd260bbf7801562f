// Four opens that hang do not hold up anything else, and can be taken back. With node:fs the same four would
// occupy all threads of the pool: every other fs and dns.lookup call of the process would wait behind them.

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open, readFile } from 'rescind/fs';

const directory = await mkdtemp(join(tmpdir(), 'rescind-example-'));
const fifos = ['a', 'b', 'c', 'd'].map((name) => join(directory, name));
execFileSync('mkfifo', fifos);

const controller = new AbortController();
const opens = fifos.map((path) => open(path, { signal: controller.signal }));

const text = await readFile(fileURLToPath(import.meta.url), 'utf8');
console.log(`read ${text.length} characters while four opens hang`);

setTimeout(() => controller.abort(), 50);
const outcomes = await Promise.allSettled(opens);
console.log('taken back:', outcomes.filter((outcome) => outcome.status === 'rejected').length);
await rm(directory, { recursive: true });
