import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wireAgreement } from '../../../scripts/tidy/wire.ts';
import { exceptOnWine } from '../../support/windows-differences.ts';

const paths = ['src/wire/layout.ts', 'native/wire/layout.h', 'native/os/socket_options.h'];
const texts = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));

function problemsAfter(path: string, from: string | RegExp, to: string): string[] {
  const text = texts.get(path) as string;
  const changed = text.replace(from, to);
  assert.is.not(changed, text, `${from} is not in ${path} any more`);
  return wireAgreement({ files: new Map(texts).set(path, changed) }).map(({ message }) => message);
}

test('the two sides of the wire agree', () => {
  assert.equal(wireAgreement({ files: texts }), []);
});

test('a size that differs is an error', () => {
  assert.match(
    problemsAfter('src/wire/layout.ts', /stagingBytes = .*;/, 'stagingBytes = 128 * 1024;')[0] ?? '',
    /stagingBytes is 131072/,
  );
  assert.match(
    problemsAfter('native/wire/layout.h', /wireVersion = \d+/, 'wireVersion = 999')[0] ?? '',
    /wireVersion .* 999/,
  );
  assert.match(
    problemsAfter('native/wire/layout.h', /controlEntries = \d+/, 'controlEntries = 99')[0] ?? '',
    /controlEntries .* 99/,
  );
});

test('a flag that is missing or renumbered is an error', () => {
  assert.match(problemsAfter('src/wire/layout.ts', /multishot: 4,/, '')[0] ?? '', /multishot is missing here/);
  assert.match(
    problemsAfter('src/wire/layout.ts', /wholeDescriptor: 1,/, 'wholeDescriptor: 2,')[0] ?? '',
    /wholeDescriptor is 2/,
  );
  assert.match(
    problemsAfter('native/wire/layout.h', /terminal = 8/, 'terminal = 32')[0] ?? '',
    /terminal is 8 here and 32/,
  );
});

test('a member that moves in a struct is an error', () => {
  const swapped = problemsAfter(
    'native/wire/layout.h',
    /std::uint32_t flags;\n {2}std::int32_t handle;/,
    'std::int32_t handle;\n  std::uint32_t flags;',
  );
  assert.is(swapped.length, 2);
  assert.ok(problemsAfter('native/wire/layout.h', 'double offset;', 'double offset;\n  double more;').length > 0);
});

test('an index of the control block that moves is an error', () => {
  assert.ok(problemsAfter('native/wire/layout.h', /descriptorCount,/, 'another,\n  descriptorCount,').length > 0);
});

test('a socket option that is numbered differently is an error', () => {
  assert.match(
    problemsAfter('native/os/socket_options.h', /broadcast = 7/, 'broadcast = 77')[0] ?? '',
    /SocketOption broadcast is 7 here and 77/,
  );
});

test('numbers that are not found any more are an error', () => {
  assert.match(
    problemsAfter('src/wire/layout.ts', 'export const SocketOption =', 'export const Option =').join(),
    /SocketOption is not found/,
  );
  assert.ok(wireAgreement({ files: new Map() }).length > 0);
});

exceptOnWine('noTools')('an operation that is only in ops.def is drift', () => {
  const root = mkdtempSync(join(tmpdir(), 'rescind-wire-'));
  try {
    for (const folder of ['scripts', 'native/wire', 'src/wire']) mkdirSync(join(root, folder), { recursive: true });
    for (const path of ['scripts/generate-wire.ts', 'native/wire/ops.def', 'src/wire/operations.ts', 'package.json']) {
      cpSync(path, join(root, path));
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'), 'junction');
    const compare = (): number | null =>
      spawnSync(process.execPath, ['--import', 'tsx', 'scripts/generate-wire.ts', '--check'], { cwd: root }).status;
    assert.is(compare(), 0);
    const operations = readFileSync(join(root, 'native/wire/ops.def'), 'utf8');
    writeFileSync(join(root, 'native/wire/ops.def'), `${operations}OP(added,  999,  1, 1, 1, 1, 1)\n`);
    assert.is(compare(), 1);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test.run();
