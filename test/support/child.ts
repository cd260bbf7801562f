// Runs a script in a process of its own that cannot outlive the test.

import { spawn } from 'node:child_process';

export interface ChildResult {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Whether it was ended because it took too long. */
  hung: boolean;
}

export interface ChildOptions {
  /** The node binary. Default: the one of this process. */
  program?: string;
  arguments?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Default 60,000. */
  withinMs?: number;
  /** Shell text that runs before, in the same process: 'ulimit -n 64'. */
  before?: string;
  /** A program that runs the script, with its arguments before it: ['unshare', '--net']. */
  within?: readonly string[];
  /** Options for node besides those of this process. */
  nodeOptions?: readonly string[];
}

/** Runs a TypeScript or JavaScript file the way this process runs its own. */
export function runScript(file: string, options: ChildOptions = {}): Promise<ChildResult> {
  const command = [
    options.program ?? process.execPath,
    ...process.execArgv,
    ...(options.nodeOptions ?? []),
    file,
    ...(options.arguments ?? []),
  ];
  const before = options.before === undefined ? [] : ['/bin/sh', '-c', `${options.before}; exec "$@"`, 'sh'];
  return run([...(options.within ?? []), ...before, ...command], options);
}

function run([program = '', ...rest]: string[], options: ChildOptions): Promise<ChildResult> {
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  const stop = (): void => void child.kill('SIGKILL');
  process.once('exit', stop);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    stop();
  }, options.withinMs ?? 60_000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', stop);
      resolve({ code, signal, stdout, stderr, hung });
    });
  });
}
