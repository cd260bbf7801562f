// What a call finds wrong with the state of its socket, in Node's codes.

export interface CodedError extends Error {
  code: string;
}

function coded(message: string, code: string): CodedError {
  return Object.assign(new Error(message), { code });
}

/** connect() on a connected socket, or a destination given to one. */
export function isConnected(): CodedError {
  return coded('The socket is connected already', 'ERR_SOCKET_DGRAM_IS_CONNECTED');
}

/** disconnect() or remoteAddress() without a connect(). */
export function isNotConnected(): CodedError {
  return coded('The socket is not connected', 'ERR_SOCKET_DGRAM_NOT_CONNECTED');
}

/** bind() on a bound socket. */
export function isBound(): CodedError {
  return coded('The socket is bound already', 'ERR_SOCKET_ALREADY_BOUND');
}

export function badType(): TypeError & CodedError {
  const error = new TypeError('A datagram socket is of type udp4 or udp6');
  return Object.assign(error, { code: 'ERR_SOCKET_BAD_TYPE' });
}

export function badBufferSize(): TypeError & CodedError {
  const error = new TypeError('A buffer size is a positive number of bytes below 2^31');
  return Object.assign(error, { code: 'ERR_SOCKET_BAD_BUFFER_SIZE' });
}
