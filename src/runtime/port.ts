// Port numbers as Node takes them: a number, or a string of one.

import { inspect } from 'node:util';

/**
 * The port as a number. Throws a RangeError, ERR_SOCKET_BAD_PORT, for what is none.
 *
 * @param least 0 where the system may choose the port, 1 where one has to be named
 */
export function checkPort(value: unknown, name: string, least: 0 | 1 = 0): number {
  const isNumeral = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  const port = isNumeral ? Number(value) : Number.NaN;
  if (Number.isInteger(port) && port >= least && port <= 65535) return port;
  const bounds = least === 0 ? '>= 0' : '> 0';
  const error = new RangeError(`${name} should be ${bounds} and < 65536. Received ${inspect(value, { depth: -1 })}`);
  throw Object.assign(error, { code: 'ERR_SOCKET_BAD_PORT' });
}
