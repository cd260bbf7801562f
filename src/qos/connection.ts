// What the system measures of a connection.

import { binding } from '../binding.ts';
import { systemError } from '../errors.ts';

/** Where the numbers are; the order is that of native/os/connection_information.h. */
export interface Connection {
  roundTripMicroseconds: number;
  deliveredBytesPerSecond: number;
  sentBytes: number;
  /** Segments sent again, lost or seen marked by the other end: what tells of congestion. */
  troubles: number;
}

const numbers = new Float64Array(7);

/** Throws what the system says; ENOTSUP where there is no TCP connection. */
export function connectionOf(descriptor: number, syscall: string): Connection {
  const result = binding.socketInformation(descriptor, numbers);
  if (result < 0) throw systemError(result, syscall);
  const [roundTripMicroseconds, , deliveredBytesPerSecond, sentBytes, retransmissions, lost, marked] = numbers;
  return {
    roundTripMicroseconds: roundTripMicroseconds as number,
    deliveredBytesPerSecond: deliveredBytesPerSecond as number,
    sentBytes: sentBytes as number,
    troubles: (retransmissions as number) + (lost as number) + (marked as number),
  };
}
