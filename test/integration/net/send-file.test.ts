// time limit: 240 s
// Files through sockets: other programs' sockets, files larger than memory, peers that do not read, threads that end.

import { tracingChannel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { open } from '../../../src/fs/index.ts';
import { transmitting } from '../../../src/net/file-sending.ts';
import { connect, listen } from '../../../src/net/index.ts';
import { connection, localPath, numbered, readAll, type Transport, targetOf } from '../../support/connections.ts';
import { deadline, pause } from '../../support/deadline.ts';
import { assertSameDescriptors, openDescriptors } from '../../support/descriptors.ts';
import { roads, takeRoad, wideRoads } from '../../support/file-roads.ts';
import { onlyOnWindows, skipping } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startWorker } from '../../support/worker.ts';

const directory = temporaryDirectory();
const largeBytes = 48 * 1024 * 1024;
const path = join(directory, 'numbered');
writeFileSync(path, numbered(0, largeBytes));

await (await connection()).close();
await (await open(path)).close();

for (const road of roads) {
  // The system sends files through TCP alone.
  const transports: readonly Transport[] = road === 'by the system' ? ['tcp'] : ['tcp', 'local'];
  for (const transport of transports) {
    test(`${transport}, ${road}: 48 MB arrive as they are in the file`, async () => {
      takeRoad(road);
      const before = openDescriptors();
      const file = await open(path);
      const { near, far, close } = await connection(transport);
      const reading = readAll(far, largeBytes);
      assert.is(await deadline(near.sendFile(file), 'the file', 60_000), largeBytes);
      assert.ok((await deadline(reading, 'its bytes')).equals(numbered(0, largeBytes)));
      await close();
      await file.close();
      await assertSameDescriptors(before, 'a large file');
    });

    test(`${transport}, ${road}: aborted with a peer that does not read, the count is what the peer receives`, async () => {
      takeRoad(road);
      const file = await open(path);
      const { near, far, close } = await connection(transport);
      const abort = new AbortController();
      const sending = Promise.allSettled([near.sendFile(file, { signal: abort.signal })]);
      await pause(60);
      abort.abort('mine');
      const [outcome] = await deadline(sending, 'the aborted file');
      if (outcome.status === 'rejected') assert.is(outcome.reason, 'mine');
      const sent = outcome.status === 'fulfilled' ? outcome.value : 0;
      assert.ok(sent < largeBytes, String(sent));
      assert.is(near.bytesWritten, sent);
      // Nothing comes behind them but what is written next.
      const reading = readAll(far, sent + 6);
      await deadline(near.write('behind'), 'the next write');
      const received = await deadline(reading, 'what was sent');
      assert.ok(received.equals(Buffer.concat([numbered(0, sent), Buffer.from('behind')])));
      await close();
      await file.close();
    });
  }

  test(`${road}: a file of 5 GB, of which little is there, is sent from far behind its beginning`, async () => {
    takeRoad(road);
    const sparse = join(directory, 'sparse');
    const file = await open(sparse, 'w+');
    const size = 5 * 1024 ** 3;
    await file.truncate(size);
    const mark = Buffer.from('here');
    const places = [2 ** 31 - 2, 2 ** 32 - 1, size - 4];
    for (const position of places) await file.write(mark, 0, 4, position);
    const { near, far, close } = await connection();
    for (const position of places) {
      const length = Math.min(8, size - position + 4);
      const reading = readAll(far, length);
      assert.is(await near.sendFile(file, { position: BigInt(position - 4), length: 8 }), length);
      const expected = Buffer.concat([Buffer.alloc(4), mark]).subarray(0, length);
      assert.ok((await deadline(reading, 'the place')).equals(expected), String(position));
    }
    assert.is(await near.sendFile(file, { position: size }), 0);
    await close();
    await file.truncate(0);
    await file.close();
  });

  test(`${road}: a server of Node receives the file`, async () => {
    takeRoad(road);
    const chunks: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => server.close());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const socket = await connect(port, '127.0.0.1');
    const file = await open(path);
    assert.is(await socket.sendFile(file, { position: 5, length: 10_000_000 }), 10_000_000);
    const ended = once(server, 'close');
    await socket.shutdown();
    await socket.close();
    await deadline(ended, 'the end of the server');
    assert.ok(Buffer.concat(chunks).equals(numbered(0, 10_000_005).subarray(5)));
    await file.close();
  });

  const wide = wideRoads.includes(road) ? test : skipping('client versions of Windows run two TransmitFile at a time');
  wide(`${road}: 40 peers that do not read keep nobody else from being sent files`, async () => {
    takeRoad(road);
    const file = await open(path);
    const silent = await Promise.all(Array.from({ length: 40 }, () => connection()));
    const hanging = silent.map(({ near }) => near.sendFile(file).catch(() => 0));
    await pause(20);
    const { near, far, close } = await connection();
    const reading = readAll(far, 5_000_000);
    assert.is(await deadline(near.sendFile(file, { length: 5_000_000 }), 'the file of a peer that reads'), 5_000_000);
    assert.ok((await reading).equals(numbered(0, 5_000_000)));
    await close();
    const closed = silent.map((one) => one.close());
    const counts = await deadline(Promise.all(hanging), 'the others');
    assert.equal(
      silent.map((one) => one.near.bytesWritten),
      counts,
    );
    await Promise.all(closed);
    await file.close();
  });

  test(`${road}: a thread that ends in the middle leaves nothing open`, async () => {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const script = `./children/file-sender.${extension}`;
    let before = openDescriptors();
    for (let round = 0; round < 3; round++) {
      const server = await listen({ host: '127.0.0.1' });
      const target = targetOf(server);
      const worker = startWorker(script, import.meta.url, { workerData: { target, path, road } });
      const socket = await deadline(server.accept(), 'the worker');
      await deadline(once(worker, 'message'), 'its word');
      await deadline(worker.terminate(), 'terminate()');
      const received = await deadline(
        readAll(socket).catch(() => Buffer.alloc(0)),
        'what it sent',
      );
      assert.ok(received.byteLength < largeBytes, String(received.byteLength));
      assert.ok(received.equals(numbered(0, received.byteLength)));
      await Promise.all([socket.close(), server.close()]);
      // What the first worker loads for the whole process stays open.
      if (round === 0) before = openDescriptors();
    }
    await assertSameDescriptors(before, 'ended threads');
  });
}

onlyOnWindows('the system has no such operation')(
  'by the system: what is too much for one goes in several',
  async () => {
    takeRoad('by the system');
    const { mostBytes } = transmitting;
    transmitting.mostBytes = 100_000;
    const file = await open(path);
    const { near, far, close } = await connection();
    const reading = readAll(far, 1_000_001);
    let operations = 0;
    const count = (): void => void operations++;
    tracingChannel('rescind:socketSendFile').start.subscribe(count);
    assert.is(await deadline(near.sendFile(file, { length: 1_000_001 }), 'the file'), 1_000_001);
    tracingChannel('rescind:socketSendFile').start.unsubscribe(count);
    assert.is(operations, 11);
    assert.ok((await reading).equals(numbered(0, 1_000_001)));
    const last = readAll(far, 250_000);
    assert.is(await near.sendFile(file, { position: largeBytes - 250_000 }), 250_000);
    assert.ok((await last).equals(numbered(0, largeBytes).subarray(-250_000)));
    transmitting.mostBytes = mostBytes;
    await close();
    await file.close();
  },
);

onlyOnWindows('no other system has pipes of messages')(
  'a pipe of messages carries a file in one for each piece',
  async () => {
    takeRoad('by the system');
    const file = await open(path);
    const given = { path: localPath(), pipeMode: 'messages' } as const;
    const server = await listen(given);
    const [near, far] = await Promise.all([connect(given), server.accept()]);
    const sending = near.sendFile(file, { position: 7, length: 300_000 });
    const sizes: number[] = [];
    for (let received = 0; received < 300_000; received += sizes.at(-1) as number) {
      const message = await deadline(far.read({ size: 500_000 }), 'a message');
      assert.ok(message.equals(numbered(7 + received, message.byteLength)));
      sizes.push(message.byteLength);
    }
    assert.is(await sending, 300_000);
    assert.equal(sizes, [262_144, 37_856]);
    // No message of nothing, which would be the end to who reads.
    assert.is(await near.sendFile(file, { length: 0 }), 0);
    assert.is(await near.sendFile(file, { position: largeBytes }), 0);
    await near.write('behind');
    assert.is((await far.read()).toString(), 'behind');
    await Promise.all([near, far, server, file].map((one) => one.close()));
  },
);

test.run();
