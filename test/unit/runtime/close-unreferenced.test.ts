import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

// As this file, so that one: TypeScript, or the JavaScript of it.
const net = new URL(`../../../src/net/index${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

test('close() of a handle that was unref()ed settles before the process ends', async () => {
  // Nothing but the close is left to keep the process alive: an accept is pending in the kernel.
  const program = `
    const { connect, listen } = await import(${JSON.stringify(net.href)});
    const server = await listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.address();
    const [client, peer] = await Promise.all([connect({ host: '127.0.0.1', port }), server.accept()]);
    await Promise.all([client.close(), peer.close()]);
    server.unref();
    await server.close();
    console.log('closed');
  `;
  const child = spawn(process.execPath, [...process.execArgv, '--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  assert.is(output, 'closed\n');
  assert.is(code, 0);
});

test.run();
