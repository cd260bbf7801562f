// time limit: 180 s
// The examples in the comments of the sources are TypeScript that compiles against these sources.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as dgram from '../../src/dgram/index.ts';
import * as dns from '../../src/dns/index.ts';
import * as fs from '../../src/fs/index.ts';
import * as net from '../../src/net/index.ts';
import * as qos from '../../src/qos/index.ts';
import { projectRoot } from '../support/root.ts';
import { typeErrors } from '../support/type-check.ts';

const settings = {
  extends: '../tsconfig.json',
  compilerOptions: { rootDir: '..', paths: { rescind: ['../src/index.ts'] } },
};

// What examples use without saying where it is from.
const prelude = `
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileHandle } from '../src/fs/index.ts';
import type { Server, Socket } from '../src/net/index.ts';
declare const signal: AbortSignal;
declare const buffer: Buffer;
declare const file: FileHandle;
declare const server: Server;
declare const socket: Socket;
declare const qos: import('../src/qos/index.ts').Qos;
declare const flow: import('../src/qos/index.ts').Flow;
declare function serve(socket: Socket): void;
`;

/** Where the names of an area's examples are from, unless they say it themselves. */
const areas: Readonly<Record<string, { from: string; names: object }>> = {
  dgram: { from: 'src/dgram/index.ts', names: dgram },
  dns: { from: 'src/dns/index.ts', names: dns },
  fs: { from: 'src/fs/index.ts', names: fs },
  net: { from: 'src/net/index.ts', names: net },
  qos: { from: 'src/qos/index.ts', names: qos },
};

const importLines = /^import .*\n/gm;

interface Example {
  /** The source it is in, from the root. */
  path: string;
  code: string;
}

const sources = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    path: `src/${name.replaceAll('\\', '/')}`,
    text: readFileSync(join(projectRoot, 'src', name), 'utf8'),
  }));

function* examplesIn(path: string, text: string): Generator<Example, void, undefined> {
  for (const [comment] of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = comment.replace(/\s*\*\/$/, '').replace(/^[ \t]*\* ?/gm, '');
    for (const [, code] of lines.matchAll(/^@example\n([\s\S]*?)(?=^@|$(?![\s\S]))/gm))
      yield { path, code: code as string };
  }
}

/** The imports of an example: its own, or what its area exports. */
function importsOf({ path, code }: Example): string {
  const own = code.match(importLines);
  if (own !== null) return own.join('');
  const area = areas[path.split('/')[1] as string];
  if (area === undefined) throw new Error(`${path}: where do the names of its example come from?`);
  return `import { ${Object.keys(area.names).join(', ')} } from '../${area.from}';\n`;
}

function moduleOf(example: Example): string {
  const body = example.code.replace(importLines, '');
  return `${prelude}${importsOf(example)}export async function example(): Promise<void> {\n${body}}\n`;
}

function errorsIn(examples: readonly Example[]): string {
  const modules = examples.map((example, index) => [`${basename(example.path, '.ts')}-${index}`, moduleOf(example)]);
  return typeErrors(Object.fromEntries(modules), settings);
}

test('the examples compile', () => {
  const examples = sources.flatMap(({ path, text }) => [...examplesIn(path, text)]);
  const written = sources.reduce((count, { text }) => count + text.split('@example').length - 1, 0);
  assert.is(examples.length, written);
  assert.ok(examples.every(({ code }) => code.trim() !== ''));
  assert.is(errorsIn(examples), '');
});

test('an example with a mistake does not', () => {
  const example = (code: string): Example[] => [...examplesIn('src/fs/open.ts', `/**\n * @example\n * ${code}\n */`)];
  assert.is(errorsIn(example("await (await open('x', 'r', 0o666, { timeoutMs: 1 })).close();")), '');
  assert.match(errorsIn(example("await open('x', 'r', { timeoutMs: 1 });")), /TS2345|TS2769/);
  assert.match(errorsIn(example("await opened('x');")), /TS2304|TS2552/);
});

test('what comments show as code is an example, and so compiled', () => {
  for (const { path, text } of sources) assert.not.match(text, /^\s*\* ```/m, path);
});

test.run();
