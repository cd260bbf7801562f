// A kind whose functions throw is a mistake of ours: it is seen, and costs nobody else a completion.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defineKind } from '../../../src/runtime/operation.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { Operation } from '../../../src/wire/operations.ts';
import { deadline } from '../../support/deadline.ts';

const mistake = new Error('a mistake in a kind');

function fails(): never {
  throw mistake;
}

const base = { name: 'noop', operation: Operation.noop, syscall: 'noop', memory: 'none' } as const;
const sound = defineKind<number, undefined>({ ...base, complete: (result) => result });
const completeFails = defineKind<number, undefined>({ ...base, complete: fails });
const closeFails = { ...base, operation: Operation.handleClose, complete: (result: number) => result };
const fieldsFail = defineKind<number, undefined>({ ...closeFails, fields: fails });
const recoverFails = defineKind<number, undefined>({ ...closeFails, recover: fails });

for (const [what, kind] of Object.entries({ completeFails, fieldsFail, recoverFails })) {
  test(`${what}: the promise is rejected with the mistake, and the others settle`, async () => {
    const first = runtime.start(kind, undefined, null, undefined, -1);
    const others = Array.from({ length: 10 }, () => runtime.start(sound, undefined, null, undefined));
    try {
      await deadline(first, 'the one with the mistake');
      assert.unreachable();
    } catch (error) {
      assert.is(error, mistake);
    }
    assert.equal(await deadline(Promise.all(others), 'the others'), Array(10).fill(0));
    assert.is(runtime.counts().inFlight, 0);
  });
}

test.run();
