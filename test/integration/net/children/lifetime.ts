// Leaves sockets and servers in some state; the process should then end, or not. Argument: which state.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect, listen, type Server, type Socket } from '../../../../src/net/index.ts';
import { connection, targetOf } from '../../../support/connections.ts';
import { pause } from '../../../support/deadline.ts';
import { openDescriptors } from '../../../support/descriptors.ts';

const [state = '', patienceMs = ''] = process.argv.slice(2);
// The other end, collected, would be closed, and the read with it end.
const held: unknown[] = [];
const ignore = (promise: Promise<unknown>): void => void promise.catch(() => {});
/** Says so when the process is still there after a while, without keeping it. */
const watch = (): void =>
  void setTimeout(() => {
    console.log('alive');
    process.exit(0);
  }, Number(patienceMs)).unref();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

// Not everything that is open: a warning opens the standard error of a process on Windows.
function openSockets(): number {
  return [...openDescriptors().values()].filter((target) => target.startsWith('socket:')).length;
}

async function collected(count: number): Promise<void> {
  for (let round = 0; round < 100 && openSockets() > count; round++) {
    collect();
    await pause(10);
  }
}

const states: Record<string, () => Promise<void>> = {
  async 'idle server'() {
    await listen({ host: '127.0.0.1' });
    watch();
  },
  async 'server that has accepted'() {
    const { server } = await connection();
    ignore(connect(targetOf(server)));
    await pause(20);
    watch();
  },
  async 'pending accept'() {
    const server = await listen({ host: '127.0.0.1' });
    ignore(server.accept());
    watch();
  },
  async 'pending accept, unref'() {
    const server = await listen({ host: '127.0.0.1' });
    ignore(server.accept());
    server.unref();
    watch();
  },
  async 'unref, pending accept'() {
    const server = (await listen({ host: '127.0.0.1' })).unref();
    ignore(server.accept());
    watch();
  },
  async 'unref, pending accept, ref'() {
    const server = (await listen({ host: '127.0.0.1' })).unref();
    ignore(server.accept());
    server.ref();
    watch();
  },
  async 'aborted accept'() {
    const server = await listen({ host: '127.0.0.1' });
    const abort = new AbortController();
    ignore(server.accept({ signal: abort.signal }));
    await pause(5);
    abort.abort();
    watch();
  },
  async 'idle sockets'() {
    await connection();
    watch();
  },
  async 'pending read'() {
    const made = await connection();
    held.push(made);
    ignore(made.near.read());
    watch();
  },
  async 'pending read, unref'() {
    const { near } = await connection();
    ignore(near.read());
    ignore(near.read());
    near.unref();
    watch();
  },
  async 'exit with everything pending'() {
    const { server, near, far } = await connection();
    for (let index = 0; index < 1000; index++) {
      ignore(near.read());
      ignore(far.write(Buffer.alloc(100_000)));
      ignore(server.accept());
      ignore(connect({ ...targetOf(server), port: 1 }));
    }
    setTimeout(() => process.exit(7), 20);
  },
  async 'calls that wait on a socket nobody holds'() {
    // Of the writing end the calls alone are left.
    const write = async (): Promise<{ near: Socket; sent: Promise<number>[] }> => {
      const { near, far } = await connection();
      return { near, sent: [1, 2, 3].map(() => far.write(Buffer.alloc(3_000_000))) };
    };
    const { near, sent } = await write();
    for (let round = 0; round < 20; round++) {
      collect();
      await pause(5);
    }
    for (let bytes = 0; bytes < 9_000_000; ) bytes += (await near.read()).byteLength;
    console.log((await Promise.all(sent)).join(' '));
    process.exit(0);
  },
  async 'leaked sockets'() {
    await (await connection()).close();
    const before = openSockets();
    const leak = async (): Promise<void> => {
      const { near, far, server } = await connection();
      await server.close();
      await near.write(`${far.localPort}`);
    };
    for (let index = 0; index < 10; index++) await leak();
    await collected(before);
    console.log(openSockets() === before ? 'none left' : `${openSockets() - before} left`);
  },
  async 'leaked servers'() {
    await (await connection()).close();
    const before = openSockets();
    const leak = async (): Promise<void> => {
      const { near, far, server } = await connection();
      // Accepted by the server that nobody holds, never taken.
      const untaken = await connect(targetOf(server));
      await pause(5);
      await Promise.all([near.close(), far.close(), untaken.close()]);
    };
    for (let index = 0; index < 10; index++) await leak();
    await collected(before);
    console.log(openSockets() === before ? 'none left' : `${openSockets() - before} left`);
  },
  async 'accept on a server nobody holds'() {
    const target = { port: 0 };
    const accepting = async (): Promise<Socket> => {
      const server: Server = await listen({ host: '127.0.0.1' });
      target.port = (server.address() as { port: number }).port;
      return server.accept();
    };
    const accepted = accepting();
    while (target.port === 0) await pause(5);
    for (let round = 0; round < 10; round++) {
      collect();
      await pause(10);
    }
    const near = await connect(target.port, '127.0.0.1');
    const far = await accepted;
    console.log(far.remotePort === near.localPort ? 'accepted' : 'somebody else');
    process.exit(0);
  },
};

await (states[state] as () => Promise<void>)();
