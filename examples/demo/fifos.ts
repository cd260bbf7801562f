// Opens four FIFOs nobody writes to. With node:fs that is the end of all file I/O of a process, which a child
// process shows; here everything else goes on, and the four opens are taken back.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { open, readFile } from 'rescind/fs';
import type { Report } from './report.ts';

const reads = 2_000;
const patienceMs = 1_000;

// Prints 'waiting', and 'read' when a small file has been read.
const nodeProgram = `
  import { open, readFile } from 'node:fs/promises';
  const [small, ...fifos] = process.argv.slice(1);
  for (const fifo of fifos) open(fifo, 'r').catch(() => {});
  console.log('waiting');
  await readFile(small);
  console.log('read');
`;

/** Whether node:fs gets a file read while the four opens hang; it is given a second. */
async function nodeReads(small: string, fifos: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', nodeProgram, small, ...fifos], {
    // Four threads is what everybody has who has not asked for more.
    env: { ...process.env, UV_THREADPOOL_SIZE: '4' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  try {
    await once(child.stdout, 'data');
    await Promise.race([once(child, 'exit'), setTimeout(patienceMs)]);
    assert.match(output, /^waiting\n/);
    return output.includes('read');
  } finally {
    child.kill('SIGKILL');
  }
}

export async function hangAndGoOn(directory: string, report: Report): Promise<void> {
  const small = join(directory, 'small');
  const fifos = [1, 2, 3, 4].map((number) => join(directory, `fifo-${number}`));
  await writeFile(small, 'still here');
  execFileSync('mkfifo', fifos);

  const controller = new AbortController();
  const reason = new Error('nobody came');
  let opened = 0;
  const opens = fifos.map((path) =>
    open(path, { signal: controller.signal }).then(
      () => opened++,
      (error: unknown) => error,
    ),
  );
  await report.timed(`${reads} files read, one after another, while four opens hang`, async () => {
    for (let read = 0; read < reads; read++) assert.equal(await readFile(small, 'utf8'), 'still here');
  });
  assert.equal(opened, 0, 'the four opens hang');

  await report.timed('the four opens aborted: from abort() to the last rejection', async () => {
    controller.abort(reason);
    for (const outcome of await Promise.all(opens)) assert.equal(outcome, reason);
  });

  assert.equal(await nodeReads(small, fifos), false, 'node:fs stands still in the same situation');
  report.line(`node:fs, the same in a child process: no file read within ${patienceMs} ms`);
}
