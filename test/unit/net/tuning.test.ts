import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binding } from '../../../src/binding.ts';
import { errnoOf } from '../../../src/errors.ts';
import { SocketHandle } from '../../../src/net/socket-handle.ts';
import { applyConnectionOptions, setKeepAlive, setNoDelay } from '../../../src/net/tuning.ts';
import { runtime } from '../../../src/runtime/runtime.ts';
import { SocketOption } from '../../../src/wire/layout.ts';
import { onWindows } from '../../support/platforms.ts';
import { Family, streamPair } from '../../support/sockets.ts';
import { onWine } from '../../support/windows-differences.ts';

async function handle(): Promise<SocketHandle> {
  const [ours, theirs] = await streamPair(Family.ipv4);
  binding.handleCloseNow(theirs);
  return new SocketHandle(runtime, ours, 'tcp');
}

const get = ({ descriptor }: SocketHandle, option: number): number => binding.socketGetOption(descriptor, option);

test('setNoDelay reaches the system', async () => {
  const socket = await handle();
  assert.is(get(socket, SocketOption.noDelay), 0);
  setNoDelay(socket, true);
  assert.ok(get(socket, SocketOption.noDelay) > 0);
  setNoDelay(socket, false);
  assert.is(get(socket, SocketOption.noDelay), 0);
  await socket.close();
});

test('setKeepAlive sets the delay in whole seconds, and leaves it when it is 0', async () => {
  const socket = await handle();
  const times = !onWine('noKeepAliveTimes');
  const unchanged = get(socket, SocketOption.keepAliveDelaySeconds);
  setKeepAlive(socket, true, 999);
  assert.ok(get(socket, SocketOption.keepAlive) > 0);
  assert.is(get(socket, SocketOption.keepAliveDelaySeconds), unchanged);
  setKeepAlive(socket, true, 5999);
  if (times) {
    assert.is(get(socket, SocketOption.keepAliveDelaySeconds), 5);
    assert.is(get(socket, SocketOption.keepAliveIntervalSeconds), 1);
    assert.is(get(socket, SocketOption.keepAliveCount), 10);
  }
  setKeepAlive(socket, true, Number.POSITIVE_INFINITY);
  if (times) assert.is(get(socket, SocketOption.keepAliveDelaySeconds), 32767);
  setKeepAlive(socket, false, 0);
  assert.is(get(socket, SocketOption.keepAlive), 0);
  await socket.close();
});

test('options of a connection are applied, and no error on one that is gone', async () => {
  const socket = await handle();
  applyConnectionOptions(socket, { noDelay: true, keepAlive: true, keepAliveInitialDelay: 7000 });
  assert.ok(get(socket, SocketOption.noDelay) > 0);
  if (!onWine('noKeepAliveTimes')) assert.is(get(socket, SocketOption.keepAliveDelaySeconds), 7);
  await socket.close();
  applyConnectionOptions(socket, { noDelay: true });
});

// To Winsock what is no socket is that, whatever else it is.
const badHandle = onWindows ? 'ENOTSOCK' : 'EBADF';

test('options are refused by the system with a negated error', () => {
  assert.is(binding.socketSetOption(-1, SocketOption.noDelay, 1), errnoOf(badHandle));
  assert.is(binding.socketGetOption(-1, SocketOption.keepAlive), errnoOf(badHandle));
  assert.is(binding.socketSetOption(0, 9999, 1), errnoOf('EINVAL'));
});

test.run();
