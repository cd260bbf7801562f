import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { watch } from '../../../src/fs/watch.ts';
import { runtime } from '../../../src/runtime/runtime.ts';

function refuses(code: string, path: unknown, options?: unknown): void {
  assert.throws(
    () => watch(path as string, options as BufferEncoding),
    (error: NodeJS.ErrnoException) => error.code === code,
    `${String(path)} ${JSON.stringify(options)}`,
  );
}

test('wrong paths are refused at once', () => {
  for (const path of [undefined, null, 5, {}, []]) refuses('ERR_INVALID_ARG_TYPE', path);
  refuses('ERR_INVALID_ARG_VALUE', 'a\0b');
  refuses('ERR_INVALID_ARG_VALUE', Buffer.from([47, 0]));
  refuses('ERR_INVALID_URL_SCHEME', new URL('http://localhost/'));
});

test('wrong options are refused at once', () => {
  refuses('ERR_INVALID_ARG_TYPE', '/tmp', 5);
  refuses('ERR_INVALID_ARG_VALUE', '/tmp', 'utf9');
  refuses('ERR_INVALID_ARG_VALUE', '/tmp', { encoding: 'utf9' });
  refuses('ERR_INVALID_ARG_TYPE', '/tmp', { encoding: 5 });
  for (const name of ['persistent', 'recursive']) refuses('ERR_INVALID_ARG_TYPE', '/tmp', { [name]: 1 });
  refuses('ERR_INVALID_ARG_TYPE', '/tmp', { maxQueue: '5' });
  refuses('ERR_OUT_OF_RANGE', '/tmp', { maxQueue: 0 });
  refuses('ERR_OUT_OF_RANGE', '/tmp', { maxQueue: 1.5 });
  for (const overflow of ['drop', null, true]) refuses('ERR_INVALID_ARG_VALUE', '/tmp', { overflow });
  refuses('ERR_INVALID_ARG_TYPE', '/tmp', { signal: {} });
  refuses('ERR_INVALID_ARG_TYPE', '/tmp', { timeoutMs: '5' });
  refuses('ERR_OUT_OF_RANGE', '/tmp', { timeoutMs: -1 });
  refuses('ERR_INVALID_ARG_VALUE', '/tmp', { recursiv: true });
  refuses('ERR_INVALID_ARG_VALUE', '/tmp', { singal: null });
});

test('what is refused opens nothing', () => {
  assert.is(runtime.opened, false);
});

test.run();
