// src/wire/layout.ts against native/wire/layout.h: the numbers both sides must agree on.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binding } from '../../../src/binding.ts';
import * as layout from '../../../src/wire/layout.ts';
import { Operation } from '../../../src/wire/operations.ts';
import { projectRoot } from '../../support/root.ts';

const header = readFileSync(join(projectRoot, 'native/wire/layout.h'), 'utf8');
const options = readFileSync(join(projectRoot, 'native/os/socket_options.h'), 'utf8');

const numbers: Record<string, unknown> = { ...layout };

function constant(name: string): number {
  const text = new RegExp(`${name} = ([0-9* ]+);`).exec(header)?.[1];
  assert.ok(text !== undefined, `${name} is not in layout.h`);
  return (text as string).split('*').reduce((product, factor) => product * Number(factor), 1);
}

function members(source: string, name: string): Record<string, number> {
  const body = new RegExp(`enum (?:class )?${name}[^{]*\\{([^}]*)\\}`).exec(source)?.[1] ?? '';
  let next = 0;
  const found: Record<string, number> = {};
  for (const [, word = '', value] of body.replace(/\/\/.*$/gm, '').matchAll(/(\w+)(?: = (\d+))?,/g)) {
    found[word] = value === undefined ? next : Number(value);
    next = (found[word] as number) + 1;
  }
  return found;
}

test('sizes and version are those of the addon and of its source', () => {
  for (const name of [
    'wireVersion',
    'submissionEntries',
    'cancelEntries',
    'completionEntries',
    'stagingBytes',
    'payloadBytes',
  ] as const) {
    assert.is(numbers[name], constant(name), name);
  }
  assert.is(binding.wireVersion, layout.wireVersion);
  assert.equal(binding.sizes, {
    descriptor: layout.descriptorInts * 4,
    completion: layout.completionInts * 4,
    cancel: layout.cancelInts * 4,
  });
});

test('flags and control words have the same numbers on both sides', () => {
  const { none, ...descriptorFlags } = layout.DescriptorFlag;
  assert.is(none, 0);
  assert.equal(descriptorFlags, members(header, 'DescriptorFlag'));
  assert.equal({ ...layout.CancelFlag }, { none: 0, ...members(header, 'CancelFlag') });
  assert.equal({ ...layout.CompletionFlag }, members(header, 'CompletionFlag'));
  const { controlEntries, ...control } = members(header, 'Control');
  assert.equal({ ...layout.Control }, control);
  assert.is(layout.controlEntries, controlEntries);
});

test('socket options have the same numbers on both sides', () => {
  assert.equal({ ...layout.SocketOption }, members(options, 'SocketOption'));
});

test('fields lie within their records and do not overlap', () => {
  const taken = new Set<number>();
  for (const field of Object.values(layout.Field)) taken.add(field);
  for (const field of Object.values(layout.WideField)) taken.add(field * 2).add(field * 2 + 1);
  assert.is(taken.size, Object.keys(layout.Field).length + 2 * Object.keys(layout.WideField).length);
  assert.ok(Math.max(...taken) < layout.descriptorInts);
  assert.ok(Math.max(...Object.values(layout.CompletionField)) < layout.completionInts);
});

test('every operation has a number of its own below the end of the route', () => {
  const codes = Object.values(Operation);
  assert.is(new Set(codes).size, codes.length);
  assert.ok(codes.every((code) => code >= 0 && code < 128));
});

test.run();
