import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Binding, binding, platform } from '../../src/binding.ts';
import { runScript } from '../support/child.ts';
import { perform } from '../support/operations.ts';
import { systemName } from '../support/platforms.ts';
import { projectRoot } from '../support/root.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('names the platform and exports every function it states', () => {
  assert.is(platform, process.platform);
  const functions: (keyof Binding)[] = [
    'open',
    'tick',
    'info',
    'counters',
    'pin',
    'takePayload',
    'registerBuffer',
    'socketBind',
    'socketListen',
    'socketLocalAddress',
    'socketRemoteAddress',
    'socketSetOption',
    'socketGetOption',
    'socketMembership',
    'socketMulticastInterface',
    'fileRefusedPositions',
    'fileIsLocal',
    'watchOpen',
    'watchRemove',
    'handleCloseNow',
  ];
  for (const name of functions) assert.type(binding[name], 'function', name);
});

test('says what it runs on before anything is open, and more of it afterwards', async () => {
  assert.match(binding.info().kernel, systemName);
  assert.equal(binding.info().lanes, []);
  binding.counters(new Float64Array(9));
  await perform('noop');
  assert.ok(binding.info().lanes.length > 0);
});

test('system failures are negated numbers, never exceptions', () => {
  const address = new Uint8Array(256);
  assert.ok(binding.handleCloseNow(-1) < 0);
  assert.ok(binding.socketListen(-1, 1) < 0);
  assert.ok(binding.socketBind(-1, address) < 0);
  assert.ok(binding.socketLocalAddress(-1, address) < 0);
  assert.ok(binding.socketRemoteAddress(-1, address) < 0);
  assert.ok(binding.socketSetOption(-1, 1, 1) < 0);
  assert.ok(binding.socketGetOption(-1, 1) < 0);
  assert.ok(binding.watchRemove(-1, 1) < 0);
  assert.is(binding.takePayload(12_345), undefined);
});

/** A copy of this project with another addon, or none. */
function copyWith(addon: string | null): string {
  const directory = temporaryDirectory();
  cpSync(join(projectRoot, 'src'), join(directory, 'src'), { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{"type": "module"}');
  if (addon !== null) {
    mkdirSync(join(directory, 'build/Release/rescind.node'), { recursive: true });
    writeFileSync(join(directory, 'build/Release/rescind.node/index.js'), addon);
    writeFileSync(join(directory, 'build/Release/rescind.node/package.json'), '{"type": "commonjs"}');
  }
  return join(directory, 'src/binding.ts');
}

// From the sources only: what tsc makes of them is loaded from another place.
if (import.meta.url.endsWith('.ts')) {
  test('without an addon the error says where it was looked for, and what to do', async () => {
    const { code, stderr } = await runScript(copyWith(null));
    assert.is.not(code, 0);
    assert.match(stderr, `no native addon for ${process.platform}-${process.arch}`);
    assert.match(stderr, 'build/Release/rescind.node');
    assert.match(stderr, 'npm run build');
  });

  test('an addon of another version is refused, with both versions', async () => {
    const sizes = JSON.stringify(binding.sizes);
    const { code, stderr } = await runScript(copyWith(`module.exports = { wireVersion: 999, sizes: ${sizes} }`));
    assert.is.not(code, 0);
    assert.match(stderr, `wire version 999, this code ${binding.wireVersion}`);
  });

  test('an addon whose records have another size is refused', async () => {
    const text = `module.exports = { wireVersion: ${binding.wireVersion}, sizes: { descriptor: 1, completion: 2, cancel: 3 } }`;
    const { code, stderr } = await runScript(copyWith(text));
    assert.is.not(code, 0);
    assert.match(stderr, 'rebuild with npm run build');
  });
}

test.run();
