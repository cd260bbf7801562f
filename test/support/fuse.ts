// A mounted file system whose files do not answer (fuse/hang.c says which).

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { runtime } from '../../src/runtime/runtime.ts';
import { deadline, until } from './deadline.ts';
import { projectRoot } from './root.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const source = join(projectRoot, 'test/support/fuse/hang.c');
const program = join(projectRoot, 'build/test-support/fuse-hang');

/** Why no FUSE file system can be mounted here, or undefined when one can. */
export function whyNoFuse(): string | undefined {
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
  } catch (error) {
    return `/dev/fuse cannot be used: ${(error as NodeJS.ErrnoException).code}`;
  }
  if (process.getuid?.() === 0) return undefined;
  try {
    execFileSync('fusermount3', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'mounting needs root or fusermount3';
  }
}

export class HangingFileSystem {
  readonly directory: string;
  readonly #server: ChildProcess;
  #held = 0;
  #made = 0;
  #removed = 0;

  private constructor(directory: string, server: ChildProcess) {
    this.directory = directory;
    this.#server = server;
  }

  /** Mounts one; rejects with the reason when the system refuses. */
  static async mount(): Promise<HangingFileSystem> {
    build();
    const directory = join(temporaryDirectory(), 'mount');
    mkdirSync(directory);
    const server = spawn(program, [directory], { stdio: ['pipe', 'pipe', 'inherit'] });
    const mounted = new HangingFileSystem(directory, server);
    const ready = new Promise<void>((resolve, reject) => {
      server.once('exit', () => reject(new Error('the FUSE server ended')));
      createInterface({ input: server.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        if (line === 'ready') resolve();
        else if (line.startsWith('held ')) mounted.#held = Number(line.slice(5));
        else if (line.startsWith('made ')) mounted.#made = Number(line.slice(5));
        else if (line.startsWith('removed ')) mounted.#removed = Number(line.slice(8));
        else reject(new Error(line));
      });
    });
    await deadline(ready, 'mounting the FUSE file system');
    // A server that has given up hears no commands; what hung has ended with it.
    server.stdin?.on('error', () => {});
    server.unref();
    (server.stdin as unknown as { unref(): void }).unref();
    (server.stdout as unknown as { unref(): void }).unref();
    return mounted;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Requests the server holds. */
  get held(): number {
    return this.#held;
  }

  /** How many directories were made, and how many of them removed. */
  get directories(): { made: number; removed: number } {
    return { made: this.#made, removed: this.#removed };
  }

  /** Waits until the server holds at least `count` requests: they really hang. */
  untilHeld(count: number): Promise<void> {
    return until(() => this.#held >= count, `${count} requests held by the FUSE server (${this.#held} are)`);
  }

  /** Answers everything held. */
  release(): void {
    this.#server.stdin?.write('release\n');
  }

  /** The same later, by another process: also when this one is blocked by then. */
  releaseAfter(seconds: number): void {
    spawn('sh', ['-c', `sleep ${seconds}; echo release >&3`], {
      stdio: ['ignore', 'ignore', 'inherit', this.#server.stdin as Writable],
    });
  }

  /** Answers everything held with an error number. */
  fail(errno: number): void {
    this.#server.stdin?.write(`error ${errno}\n`);
  }

  /**
   * Answers what is held until the runtime has nothing under way: what was given up may come here only now, and an answer may
   * let the next in that waited behind it.
   */
  async untilIdle(): Promise<void> {
    await until(() => {
      this.release();
      return runtime.counts().inFlight + runtime.counts().detached === 0;
    }, 'the runtime to be idle');
  }

  /** Aborts the connection, which ends every hung request, and unmounts. */
  async unmount(): Promise<void> {
    const { exitCode, signalCode } = this.#server;
    if (exitCode === null && signalCode === null) {
      const gone = new Promise((resolve) => this.#server.once('exit', resolve));
      this.#server.ref();
      this.#server.kill('SIGTERM');
      await deadline(gone, 'unmounting the FUSE file system');
    }
    rmdirSync(this.directory);
  }
}

// Two test files may do this at the same time: each compiles under a name of its own.
function build(): void {
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return;
  mkdirSync(join(program, '..'), { recursive: true });
  const own = `${program}-${process.pid}`;
  execFileSync('gcc', ['-O1', '-Wall', '-Wextra', '-o', own, source], { stdio: 'inherit' });
  renameSync(own, program);
}
