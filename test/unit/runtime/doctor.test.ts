import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { doctorReport } from '../../../src/runtime/doctor.ts';
import type { RuntimeInfo } from '../../../src/runtime/info.ts';
import { defaultSettings } from '../../../src/runtime/settings.ts';

const info: RuntimeInfo = {
  kernel: 'Linux 6.18',
  lanes: [
    { name: 'uring', used: true, reason: 'files and sockets' },
    { name: 'pool', used: true, reason: 'the rest' },
  ],
  features: ['zero-copy-send', 'something-new'],
  settings: { ...defaultSettings, maxInFlight: 77 },
};

test('the report names the kernel, the lanes, the features and the limit', () => {
  const { text, sound } = doctorReport(info);
  assert.ok(sound);
  assert.match(text, `Kernel: Linux 6.18; Node ${process.version}`);
  assert.match(text, /used +io_uring: files and sockets/);
  assert.match(text, 'zero-copy-send: large writes');
  assert.match(text, /^ {2}something-new$/m);
  assert.match(text, 'At most 77 operations');
  assert.match(text, 'Abort reaches the kernel');
});

test('without io_uring the report says why, and what that means', () => {
  const refused = { name: 'uring', used: false, reason: 'the kernel says EPERM' };
  const { text, sound } = doctorReport({ ...info, lanes: [refused, ...info.lanes.slice(1)] });
  assert.not(sound);
  assert.match(text, /not used +io_uring: the kernel says EPERM/);
  assert.match(text, 'sockets are not available');
  assert.not.match(text, 'Abort reaches the kernel');
});

test('on Windows the completion port does what io_uring does on Linux', () => {
  const lanes = [
    { name: 'uring', used: false, reason: 'Linux only' },
    { name: 'iocp', used: true, reason: 'transfers' },
    { name: 'pool', used: true, reason: 'the rest' },
  ];
  const { text, sound } = doctorReport({ ...info, kernel: 'Windows 10.0', lanes });
  assert.ok(sound);
  assert.match(text, /used +I\/O completion port: transfers/);
  assert.match(text, 'Abort reaches the kernel');
  const without = doctorReport({ ...info, lanes: [{ name: 'iocp', used: false, reason: 'error 8' }] });
  assert.not(without.sound);
  assert.match(without.text, 'Without a completion port');
});

test.run();
