// A folder that is a Windows to Wine, with one server, for one run at a time.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../suite/child.ts';
import type { Tools } from './tools.ts';

export interface Prefix {
  /** What a program needs in its environment to run here. */
  environment: Readonly<Record<string, string>>;
  /** The version of Wine. */
  version: string;
}

const limitSeconds = 180;
const settings = [
  // Node refuses to start on a Windows older than 10.
  ['HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10'],
  // A dialog would wait for somebody to click it away.
  ['HKCU\\Software\\Wine\\WineDbg', '/v', 'ShowCrashDialog', '/t', 'REG_DWORD', '/d', '0'],
];

/** Makes the folder when it is missing, and starts its server, which ends with this process. */
export async function openPrefix(folder: string, { wine, wineserver }: Tools): Promise<Prefix> {
  mkdirSync(folder, { recursive: true });
  takeLock(join(folder, 'lock'));
  const environment = {
    WINEPREFIX: folder,
    WINEDEBUG: '-all',
    // No offers to download .NET and a browser, no entries in a desktop's menus.
    WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
    DISPLAY: '',
    // The names of files are UTF-8 to Wine only where they are to the system.
    LC_ALL: 'C.UTF-8',
    NODE_SKIP_PLATFORM_CHECK: '1',
  };
  const run = async (...args: readonly string[]): Promise<string> => {
    const outputFile = join(folder, 'set-up.txt');
    const { failure, output } = await runChild(wine, args, {
      directory: folder,
      limitSeconds,
      environment,
      outputFile,
    });
    if (failure !== null) throw new Error(`wine ${args.join(' ')} ${failure}:\n${output}`);
    return output;
  };
  const whole = { env: { ...process.env, ...environment }, stdio: 'ignore' } as const;
  // The one of a run that was killed.
  spawnSync(wineserver, ['--kill'], whole);
  // A server that stays, or Wine's services would end and start again between any two programs.
  spawn(wineserver, ['--foreground', '--persistent'], whole).unref();
  process.once('exit', () => spawnSync(wineserver, ['--kill'], whole));
  if (!existsSync(join(folder, 'system.reg'))) await run('wineboot', '--init');
  for (const setting of settings) await run('reg', 'add', ...setting, '/f');
  const { stdout } = spawnSync(wine, ['--version'], { encoding: 'utf8', env: whole.env });
  return { environment, version: /^wine-(\S+)/.exec(stdout)?.[1] ?? 'unknown' };
}

// A second run would end the server of the first, and change the stage under it.
function takeLock(path: string): void {
  const owner = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  if (owner > 0 && isRunning(owner)) throw new Error(`process ${owner} runs tests under Wine in this clone already`);
  writeFileSync(path, String(process.pid));
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
