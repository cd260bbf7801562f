// What keeps a process alive, and what becomes of sockets nobody closes.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ChildResult, runScript } from '../../support/child.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const module = new URL(`../../../src/dgram/index${extension}`, import.meta.url).href;
const descriptors = new URL(`../../support/descriptors${extension}`, import.meta.url).href;
let scripts = 0;

function run(script: string, before?: string): Promise<ChildResult> {
  const file = join(directory, `${scripts++}.mjs`);
  writeFileSync(file, `import { bind } from ${JSON.stringify(module)};\n${script}`);
  const limits = before === undefined ? {} : { before };
  return runScript(file, { withinMs: 20_000, nodeOptions: ['--expose-gc'], ...limits });
}

test('a socket nobody receives on lets the process end', async () => {
  const { stdout, code, hung } = await run(`await bind(); console.log('bound');`);
  assert.not(hung);
  assert.is(code, 0);
  assert.is(stdout, 'bound\n');
});

test('a pending receive keeps the process alive', async () => {
  const { stdout } = await run(`
    const socket = await bind();
    setTimeout(() => { console.log('alive'); process.exit(7); }, 200).unref();
    await socket.receive();
  `);
  assert.is(stdout, 'alive\n');
});

test('unref() lets the process end in the middle of a receive, before and after it began', async () => {
  for (const order of ['socket.unref(); socket.receive();', 'socket.receive(); socket.unref();']) {
    const { hung, code, stderr } = await run(`const socket = await bind(); ${order}`);
    assert.not(hung, order);
    assert.is(code, 0, stderr);
  }
});

test('ref() takes unref() back', async () => {
  const { stdout } = await run(`
    const socket = await bind();
    socket.unref();
    socket.receive();
    socket.ref();
    setTimeout(() => { console.log('alive'); process.exit(0); }, 200).unref();
  `);
  assert.is(stdout, 'alive\n');
});

test('process.exit() with thousands of receives pending is quiet', async () => {
  const { code, hung, stderr, signal } = await run(`
    const socket = await bind();
    for (let index = 0; index < 5000; index++) socket.receive().catch(() => {});
    setTimeout(() => process.exit(3), 50);
  `);
  assert.not(hung);
  assert.is(signal, null);
  assert.is(code, 3, stderr);
});

test('a socket that is collected without close() is closed, with a warning', async () => {
  const { stdout, stderr } = await run(`
    import { openDescriptors } from ${JSON.stringify(descriptors)};
    const count = () => [...openDescriptors().values()].filter((target) => target.startsWith('socket:')).length;
    await (await bind()).close();
    const before = count();
    process.on('warning', (warning) => console.log(warning.code));
    await (async () => { await bind(); })();
    for (let round = 0; round < 200 && count() > before; round++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log(count() - before);
  `);
  assert.is(stdout, 'RESCIND_HANDLE_COLLECTED\n0\n', stderr);
});

onlyOnLinux('Windows knows no limit on the handles of a process')(
  'without descriptors left bind() fails with EMFILE, and works again when there are some',
  async () => {
    const { stdout, stderr } = await run(
      `
    const sockets = [];
    let error;
    while (error === undefined) await bind().then((socket) => sockets.push(socket), (reason) => { error = reason; });
    console.log(error.code, error.syscall, sockets.length > 5);
    const port = sockets[0].address().port;
    const received = sockets[0].receive();
    await sockets[1].send('still works', port, '127.0.0.1');
    console.log((await received).data.toString());
    for (const socket of sockets) await socket.close();
    await (await bind()).close();
    `,
      'ulimit -n 64',
    );
    assert.is(stdout, 'EMFILE socket true\nstill works\n', stderr);
  },
);

test.run();
