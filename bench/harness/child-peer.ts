// A peer in a process of its own, spoken to by lines: one command in, one JSON object out.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Peer, Sample, Scenario } from './scenario.ts';

const programs = fileURLToPath(new URL('../../build/bench/', import.meta.url));
const childModule = fileURLToPath(new URL('../../dist/bench/harness/child.js', import.meta.url));

/** The path of a compiled program of bench/c. */
export function programPath(name: string): string {
  return programs + name;
}

export class ChildPeer {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(scenario: Scenario, peer: Peer, workspace: string) {
    this.name = peer.name;
    const [file, list] =
      'program' in peer
        ? [programPath(peer.program), [...peer.programArguments(workspace)]]
        : [process.execPath, [...(peer.nodeArguments ?? []), childModule, scenario.name, peer.name, workspace]];
    this.#process = spawn(file, list, { stdio: ['pipe', 'pipe', 'inherit'] });
    // A program that cannot be started is a peer that ends instead of answering.
    this.#process.once('error', (error) => console.error(error.message));
    this.#process.stdin?.once('error', () => {});
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** Lets the peer measure itself. */
  measure(point: string, seconds: number): Promise<Sample> {
    return this.ask(`measure ${point} ${seconds}`);
  }

  /** Processor time the peer's process has used so far, in microseconds. */
  async usage(): Promise<number> {
    return (await this.ask<{ cpuMicroseconds: number }>('usage')).cpuMicroseconds;
  }

  /** Sends a command; the peer must answer within two minutes. */
  async ask<Answer>(command: string): Promise<Answer> {
    this.#process.stdin?.write(`${command}\n`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.name} has not answered '${command}' for 120 s`)), 120_000);
    });
    try {
      const line = await Promise.race([this.#lines.next(), late]);
      if (line.done) throw new Error(`${this.name} ended instead of answering '${command}'`);
      const answer = JSON.parse(line.value) as Answer & { error?: string };
      if (answer.error !== undefined) throw new Error(`${this.name}, '${command}': ${answer.error}`);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process by the end of its input; by force when that does not help within 2 s. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.stdin?.end();
    const force = setTimeout(() => this.#process.kill('SIGKILL'), 2_000);
    await exited;
    clearTimeout(force);
  }
}
