// Runs out of descriptors (the test sets a low limit) and says what became of the operations.

import { closeSync, openSync } from 'node:fs';
import { connect, listen, type Socket } from '../../../../src/net/index.ts';
import { connection, targetOf } from '../../../support/connections.ts';
import { pause } from '../../../support/deadline.ts';
import { openDescriptors } from '../../../support/descriptors.ts';

const held: number[] = [];

function exhaust(): void {
  try {
    for (;;) held.push(openSync('/dev/null', 'r'));
  } catch {
    // All are taken.
  }
}

function relieve(): void {
  for (const descriptor of held.splice(0)) closeSync(descriptor);
}

const codeOf = (error: NodeJS.ErrnoException): string => `${error.code} ${error.syscall}`;
const answers: Record<string, unknown> = {};

await (await connection()).close();
const before = openDescriptors().size;
const server = await listen({ host: '127.0.0.1' });
const near = await Promise.all([1, 2, 3].map(() => connect(targetOf(server))));

exhaust();
answers['accepts'] = await Promise.all([1, 2].map(() => server.accept().then(() => 'accepted', codeOf)));
answers['connect'] = await connect(targetOf(server)).then(() => 'connected', codeOf);
answers['listen'] = await listen({ host: '127.0.0.1' }).then(() => 'listening', codeOf);
relieve();

const far: Socket[] = [];
for (const socket of near) {
  await socket.write('hello');
  far.push(await server.accept({ timeoutMs: 5000 }));
}
answers['read'] = await Promise.all(far.map((socket) => socket.read().then(String)));

// The accept in the kernel meets the limit while somebody waits: the one descriptor left goes to the client.
const waiting = server.accept().then(() => 'accepted', codeOf);
await pause(5);
exhaust();
closeSync(held.pop() as number);
const late = await connect(targetOf(server));
answers['waiting'] = await waiting;
relieve();
far.push(await server.accept({ timeoutMs: 5000 }));
answers['then'] = far.at(-1)?.remotePort === late.localPort ? 'accepted' : 'somebody else';
// A storm: half of the connections find no descriptor, then all are taken after all.
exhaust();
const freed = held.splice(0, 12);
for (const descriptor of freed) closeSync(descriptor);
const storm = await Promise.allSettled(Array.from({ length: 10 }, () => connect(targetOf(server))));
const connected = storm.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
const failures = new Set<string>();
const taken: Socket[] = [];
while (taken.length < connected.length) {
  await server.accept({ timeoutMs: 2000 }).then(
    (socket) => taken.push(socket),
    (error) => {
      failures.add(codeOf(error));
      relieve();
    },
  );
}
relieve();
answers['storm'] = { taken: taken.length === connected.length, failures: [...failures] };

await Promise.all([...near, ...far, ...connected, ...taken, late].map((socket) => socket.close()));
await server.close();
await pause(20);
answers['left'] = openDescriptors().size - before;
console.log(JSON.stringify(answers));
