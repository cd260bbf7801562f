// Windows programs on this machine: Wine with a prefix of its own.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildOptions, type ChildResult, runChild } from '../suite/child.ts';

/** Set in everything that runs under Wine, to the version of Wine. */
export const wineVariable = 'RESCIND_TEST_WINE';
// Set in one run's processes only, to find those that left their process group.
const runVariable = 'RESCIND_TEST_RUN';

const loaders = ['/usr/lib/wine/wine64', '/usr/bin/wine64'];
const servers = ['/usr/lib/wine/wineserver', '/usr/bin/wineserver'];
const setUpLimitSeconds = 180;

export interface Wine {
  version: string;
  /** Runs a Windows program; its path is one of this machine. */
  run(program: string, args: readonly string[], options: ChildOptions): Promise<ChildResult>;
  /** Ends the prefix's server, and with it all that runs there. */
  end(): Promise<void>;
}

/** @param prefix folder of the Wine prefix, made when it is missing */
export async function openWine(prefix: string, logs: string): Promise<Wine> {
  const loader = loaders.find((path) => existsSync(path));
  const server = servers.find((path) => existsSync(path));
  if (loader === undefined || server === undefined) throw new Error('Wine is missing');
  mkdirSync(prefix, { recursive: true });
  mkdirSync(logs, { recursive: true });
  const folder = mkdtempSync(join(logs, 'run-'));
  const common = {
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // No downloads of .NET and a browser, no entries in the desktop's menus.
    WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
    DISPLAY: '',
    LC_ALL: 'C.UTF-8',
    // Node asks for a newer Windows than Wine says it is.
    NODE_SKIP_PLATFORM_CHECK: '1',
  };
  const version = (await runChild(loader, ['--version'], { directory: prefix, limitSeconds: 60 })).output
    .trim()
    .replace(/^wine-(\S+).*$/s, '$1');
  let runs = 0;
  const run: Wine['run'] = async (program, args, options) => {
    const mark = `${process.pid}-${++runs}`;
    const outputFile = join(folder, `${runs}.txt`);
    const result = await runChild(loader, [program, ...args], {
      ...options,
      environment: { ...common, [wineVariable]: version, [runVariable]: mark, ...options.environment },
      outputFile,
    });
    endMarked(mark);
    rmSync(outputFile);
    return result;
  };
  const settle = async (args: readonly string[]): Promise<void> => {
    const { failure, output } = await runChild(loader, args, {
      directory: prefix,
      limitSeconds: setUpLimitSeconds,
      environment: common,
      outputFile: join(folder, 'set-up.txt'),
    });
    if (failure !== null) throw new Error(`wine ${args.join(' ')} ${failure}:\n${output}`);
  };
  // Without somebody who stays, the services end after each program and are started again by the next.
  const service = spawn(server, ['--foreground', '--persistent'], {
    env: { ...process.env, ...common },
    stdio: 'ignore',
  });
  service.once('error', (error) => console.error(`wineserver: ${error.message}`));
  await settle(['wineboot', '--init']);
  await settle(['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f']);
  await settle([
    'reg',
    'add',
    'HKCU\\Software\\Wine\\WineDbg',
    '/v',
    'ShowCrashDialog',
    '/t',
    'REG_DWORD',
    '/d',
    '0',
    '/f',
  ]);
  return {
    version,
    run,
    async end() {
      rmSync(folder, { recursive: true });
      await runChild(server, ['--kill'], { directory: prefix, limitSeconds: 60, environment: common });
    },
  };
}

// A process of Windows has a parent of Wine's choosing, but its environment is that of the one which started it.
function endMarked(mark: string): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(`${runVariable}=${mark}`)) {
        process.kill(Number(name), 'SIGKILL');
      }
    } catch {
      // It is gone, or not ours.
    }
  }
}
