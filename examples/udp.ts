// Sends datagrams, and stops listening when no more come for a while.

import { bind } from 'rescind/dgram';

const receiver = await bind({ address: '127.0.0.1', port: 0 });
const sender = await bind({ address: '127.0.0.1', port: 0 });
const { address, port } = receiver.address();

for (const word of ['one', 'two', 'three']) await sender.send(Buffer.from(word), { address, port });

for (;;) {
  try {
    const { data, port: from } = await receiver.receive({ timeoutMs: 100 });
    console.log(`${data.toString()} from port ${from}`);
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    console.log('silence');
    break;
  }
}
await receiver.close();
await sender.close();
