// Two sockets for a test, closed behind it.

import { bind, type UdpSocket } from '../../../src/dgram/index.ts';
import { deadline } from '../../support/deadline.ts';

/** @param work is given both, and the port of the one that receives */
export async function withPair(
  address: string,
  work: (receiver: UdpSocket, sender: UdpSocket, port: number) => Promise<void>,
): Promise<void> {
  const receiver = await bind({ address });
  const sender = await bind({ address });
  try {
    await deadline(work(receiver, sender, receiver.address().port), 'the test');
  } finally {
    await receiver.close();
    await sender.close();
  }
}
