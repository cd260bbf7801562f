import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPipeMode, transportOf } from '../../../src/net/pipes.ts';

test('a pipe carries bytes or messages, and nothing else', () => {
  for (const mode of [undefined, 'bytes', 'messages']) checkPipeMode(mode);
  for (const mode of [null, true, 'message', '', 1]) {
    assert.throws(
      () => checkPipeMode(mode),
      (error: NodeJS.ErrnoException) => error.code === 'ERR_INVALID_ARG_VALUE' && error instanceof TypeError,
      String(mode),
    );
  }
});

test('bytes are the default', () => {
  assert.equal(
    [undefined, 'bytes', 'messages'].map((mode) => transportOf(mode as 'bytes')),
    ['pipe', 'pipe', 'messages'],
  );
});

test.run();
