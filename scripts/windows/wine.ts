// Runs Windows programs under Wine, so that they cannot outlive their time limit.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildOptions, type ChildResult, runChild } from '../suite/child.ts';
import { sourceLine } from './crash.ts';
import { endMarked, markVariable } from './marked.ts';
import type { Prefix } from './prefix.ts';
import type { Tools } from './tools.ts';

export interface WineOptions {
  tools: Tools;
  prefix: Prefix;
  /** The addon, for the source lines of crashes. */
  addon: string;
  /** Runs every program in Wine's debugger, which shows where it crashes. */
  debug: boolean;
}

let runs = 0;

/** Runs a Windows program. `program` is a path of this machine. */
export async function runUnderWine(
  { tools, prefix, addon, debug }: WineOptions,
  program: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<ChildResult> {
  const mark = `${process.pid}-${++runs}`;
  const folder = String(prefix.environment['WINEPREFIX']);
  // Node does not start under Wine when its output is a pipe of this system: open() says EBADF.
  const outputFile = join(folder, `output-${runs}.txt`);
  const commands = join(folder, 'debugger-commands.txt');
  if (debug) writeFileSync(commands, 'cont\nbt\nquit\n');
  rmSync(outputFile, { force: true });
  const result = await runChild(
    tools.wine,
    [...(debug ? ['winedbg', '--file', `Z:${commands}`] : []), program, ...args],
    {
      ...options,
      environment: {
        ...prefix.environment,
        RESCIND_TEST_WINE: prefix.version,
        [markVariable]: mark,
        ...options.environment,
      },
      outputFile,
    },
  );
  const left = await endMarked(mark, result.failure === null ? undefined : 0);
  rmSync(outputFile, { force: true });
  const output = result.output.replaceAll('\r\n', '\n');
  return {
    ...result,
    output: output + sourceLine(output, addon, tools.addr2line),
    failure: result.failure ?? (left > 0 ? 'left processes behind' : null),
  };
}
