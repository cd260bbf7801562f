import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configure } from '../../../src/runtime/configure.ts';
import { info } from '../../../src/runtime/info.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { defaultSettings, type Settings } from '../../../src/runtime/settings.ts';
import { stats } from '../../../src/runtime/stats.ts';
import { systemName } from '../../support/platforms.ts';

const code = (expected: string) => (error: Error & { code?: string }) => error.code === expected;
const given = (settings: unknown) => () => configure(settings as Partial<Settings>);

test('settings that are no object, unknown or of the wrong type are refused', () => {
  assert.throws(given(null), code('ERR_INVALID_ARG_TYPE'));
  assert.throws(given(5), code('ERR_INVALID_ARG_TYPE'));
  assert.throws(given({ entires: 64 }), code('ERR_INVALID_ARG_VALUE'));
  assert.throws(given({ toString: 64 }), code('ERR_INVALID_ARG_VALUE'));
  assert.throws(given({ uring: true }), code('ERR_INVALID_ARG_VALUE'));
  assert.throws(given({ maxInFlight: '64' }), code('ERR_INVALID_ARG_TYPE'));
  assert.throws(given({ detachAfterMs: '100' }), code('ERR_INVALID_ARG_TYPE'));
});

test('settings outside their bounds are refused', () => {
  for (const [name, least, most] of [
    ['entries', 2, 32_768],
    ['completionEntries', 4, 65_536],
    ['maxInFlight', 1, 65_536],
    ['budgetMicroseconds', 0, 1_000_000],
    ['budgetOperations', 1, 1_000_000],
    ['poolThreads', 1, 1024],
    ['detachAfterMs', 0, 2 ** 31 - 1],
  ] as const) {
    assert.throws(given({ [name]: least - 1 }), code('ERR_OUT_OF_RANGE'), name);
    assert.throws(given({ [name]: most + 1 }), code('ERR_OUT_OF_RANGE'), name);
    assert.throws(given({ [name]: Number.NaN }), code('ERR_OUT_OF_RANGE'), name);
  }
});

test('what was refused changes nothing, also beside what is right', () => {
  assert.throws(given({ maxInFlight: 64, poolThreads: 0 }));
  assert.equal(runtime.settings, defaultSettings);
});

test('stats() of a runtime that was never used is all zeros, and does not start it', () => {
  for (const [name, value] of Object.entries(stats())) assert.is(value, 0, name);
  assert.not(runtime.opened);
});

test('settings hold before the first operation, the others keep their defaults', () => {
  configure({ maxInFlight: 64, detachAfterMs: 5 });
  configure({ poolThreads: 2 });
  assert.equal(info().settings, { ...defaultSettings, maxInFlight: 64, detachAfterMs: 5, poolThreads: 2 });
});

test('info() names the lanes, with a reason for each, and the kernel', () => {
  const { lanes, kernel, features } = info();
  assert.ok(lanes.some(({ name }) => name === 'pool'));
  for (const { name, used, reason } of lanes) {
    assert.type(used, 'boolean');
    assert.ok(reason.length > 0, name);
  }
  assert.match(kernel, systemName);
  assert.ok(Array.isArray(features));
});

test('configure() after the runtime has started throws', () => {
  assert.throws(given({ maxInFlight: 32 }), /before the first operation/);
  assert.is(info().settings.maxInFlight, 64);
});

test.run();
