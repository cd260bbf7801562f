// A child process that cannot outlive its time limit.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface ChildOptions {
  directory: string;
  limitSeconds: number;
  environment?: Readonly<Record<string, string>> | undefined;
  /** A file that takes both outputs instead of pipes, for programs that need one. Default: none. */
  outputFile?: string | undefined;
  /** Shows the output while it comes, besides returning it. Default false. */
  show?: boolean;
}

export interface ChildResult {
  /** Standard output and standard error as they came, the end of them when they are long. */
  output: string;
  /** Why the child does not count as well ended, or null. */
  failure: string | null;
  seconds: number;
}

const mostOutput = 1 << 20;
// How long a child that has exited may leave its output open, and one that was killed may take to go.
const graceMs = 3000;

const groups = new Set<number>();

function killGroup(group: number): void {
  // Windows has trees of processes instead; what a node has started ends with it also without this.
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(group), '/t', '/f'], { stdio: 'ignore' });
  try {
    process.kill(process.platform === 'win32' ? group : -group, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** Makes an interrupted run take its children along: they are in process groups of their own. */
export function endChildrenOnInterrupt(): void {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      for (const group of groups) killGroup(group);
      process.exit(status);
    });
  }
}

export function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const { directory, limitSeconds, environment, outputFile, show } = options;
  const started = performance.now();
  // Appended to, so that neither output overwrites the other.
  const file = outputFile === undefined ? 'pipe' : openSync(outputFile, 'a');
  const child = spawn(command, args, {
    cwd: directory,
    // On Windows it would be a console of its own, and what the child starts ends with it anyway.
    detached: process.platform !== 'win32',
    env: { ...process.env, ...environment },
    stdio: ['ignore', file, file],
  });
  if (typeof file === 'number') closeSync(file);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (show === true) process.stdout.write(text);
      output += text;
      if (output.length > 2 * mostOutput) output = output.slice(-mostOutput);
    });
  }
  return new Promise((resolve) => {
    const { pid } = child;
    let failure: string | null = null;
    let grace: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(limit);
      clearTimeout(grace);
      if (pid !== undefined) groups.delete(pid);
      // A process that not even SIGKILL ends must not keep the run waiting.
      child.unref();
      child.stdout?.destroy();
      child.stderr?.destroy();
      if (outputFile !== undefined) output = readFileSync(outputFile, 'utf8').slice(-mostOutput);
      resolve({ output, failure, seconds: (performance.now() - started) / 1000 });
    };
    const limit = setTimeout(() => {
      failure = `did not end within ${limitSeconds} s`;
      if (pid !== undefined) killGroup(pid);
      grace = setTimeout(settle, graceMs);
    }, limitSeconds * 1000);
    child.once('error', (error) => {
      failure = `could not be started: ${error.message}`;
      settle();
    });
    if (pid === undefined) return;
    groups.add(pid);
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      clearTimeout(grace);
      if (failure === null && signal !== null) failure = `was ended by ${signal}`;
      else if (failure === null && code !== 0) failure = `exited with ${code}`;
      grace = setTimeout(() => {
        failure ??= 'left processes behind that hold its output open';
        killGroup(pid);
        settle();
      }, graceMs);
    });
    child.once('close', settle);
  });
}
