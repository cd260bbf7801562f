// Errors with Node's fields. What the system says becomes systemError, what the caller did wrong
// becomes TypeError or RangeError with Node's code, at once.

import { getSystemErrorMap, inspect } from 'node:util';

/** An `Error` for what the operating system answered, with the fields Node gives it. */
export interface SystemError extends Error {
  /** The word for the error, 'ECONNRESET'. */
  code: string;
  /** The negated number of the error, as in Node. */
  errno: number;
  /** The operation, in Node's word for it: 'open', 'read', 'connect'. */
  syscall: string;
  /**
   * The number the system itself gave, where it is another one than `errno`: on Windows that of GetLastError() or
   * WSAGetLastError(), above zero. 32 (a sharing violation) and 33 (a lock) are both 'EBUSY', for example.
   */
  native?: number;
  path?: string;
  dest?: string;
  address?: string;
  port?: number;
}

export interface SystemErrorFields {
  path?: string | undefined;
  dest?: string | undefined;
  address?: string | undefined;
  port?: number | undefined;
}

const systemErrors = getSystemErrorMap();

/**
 * @param errno negated system error number, as completions carry it
 * @param native the untranslated number that goes with it, 0 for none
 */
export function systemError(errno: number, syscall: string, fields?: SystemErrorFields, native = 0): SystemError {
  const [code, description] = systemErrors.get(errno) ?? [`Unknown system error ${errno}`, 'unknown error'];
  const error = namedError(code, errno, description, syscall, fields);
  if (native !== 0) error.native = native;
  return error;
}

function namedError(
  code: string,
  errno: number,
  description: string,
  syscall: string,
  fields?: SystemErrorFields,
): SystemError {
  let message: string;
  if (fields?.address !== undefined) {
    const port = fields.port !== undefined && fields.port > 0 ? `:${fields.port}` : '';
    message = `${syscall} ${code} ${fields.address}${port}`;
  } else {
    message = `${code}: ${description}, ${syscall}`;
    if (fields?.path !== undefined) message += ` '${fields.path}'`;
    if (fields?.dest !== undefined) message += ` -> '${fields.dest}'`;
  }
  const error = new Error(message) as SystemError;
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (fields !== undefined) {
    for (const name of ['path', 'dest', 'address', 'port'] as const) {
      const value = fields[name];
      if (value !== undefined) (error as unknown as Record<string, unknown>)[name] = value;
    }
  }
  return error;
}

const numbers = new Map([...systemErrors].map(([errno, [code]]) => [code, errno]));

/** The same from the word, for errors this side finds before the system is asked. */
export function systemErrorByCode(code: string, syscall: string, fields?: SystemErrorFields): SystemError {
  return systemError(errnoOf(code), syscall, fields);
}

/** The negated number of an error's word on this platform. */
export function errnoOf(code: string): number {
  const errno = numbers.get(code);
  if (errno === undefined) throw new RangeError(`this platform has no error ${code}`);
  return errno;
}

function coded<E extends Error>(error: E, code: string): E {
  Object.defineProperty(error, 'code', { value: code, enumerable: true, configurable: true, writable: true });
  return error;
}

function cut(text: string): string {
  return text.length > 28 ? `${text.slice(0, 25)}...` : text;
}

function shown(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object' && value !== null) {
    const name: unknown = value.constructor?.name;
    return typeof name === 'string' && name !== '' ? `an instance of ${name}` : inspect(value, { depth: -1 });
  }
  // A long text is cut within its quotes, anything else as it is shown.
  if (typeof value === 'string') return `type string (${inspect(cut(value))})`;
  return `type ${typeof value} (${cut(inspect(value, { colors: false }))})`;
}

/** A value of the wrong type: TypeError, ERR_INVALID_ARG_TYPE. */
export function invalidType(name: string, expected: string, value: unknown): TypeError {
  const received = value === undefined || value === null ? String(value) : shown(value);
  const what = name.includes('.') ? 'property' : 'argument';
  return coded(
    new TypeError(`The "${name}" ${what} must be ${expected}. Received ${received}`),
    'ERR_INVALID_ARG_TYPE',
  );
}

/** A value of the right type that is not one of those allowed: TypeError, ERR_INVALID_ARG_VALUE. */
export function invalidValue(name: string, reason: string, value: unknown): TypeError {
  const text = inspect(value);
  const what = name.includes('.') ? 'property' : 'argument';
  return coded(
    new TypeError(`The ${what} '${name}' ${reason}. Received ${text.length > 128 ? `${text.slice(0, 128)}...` : text}`),
    'ERR_INVALID_ARG_VALUE',
  );
}

/** A number outside its bounds: RangeError, ERR_OUT_OF_RANGE. */
export function outOfRange(name: string, range: string, value: unknown): RangeError {
  return coded(
    new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${inspect(value)}`),
    'ERR_OUT_OF_RANGE',
  );
}

/** Throws unless `value` is an integer within the bounds, both included. */
export function checkInteger(
  value: unknown,
  name: string,
  least: number = Number.MIN_SAFE_INTEGER,
  most: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < least || value > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value);
}

/** Throws unless `value` is a boolean. */
export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw invalidType(name, 'of type boolean', value);
}

/** Throws unless `value` is a string. */
export function checkString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value);
}

/** The reason of an operation whose `timeoutMs` passed. */
export function timeoutError(timeoutMs: number): DOMException {
  return new DOMException(`The operation did not finish within ${timeoutMs} ms`, 'TimeoutError');
}

/** What a pending operation is rejected with when its handle is closed. */
export function closedWhilePending(syscall: string): SystemError {
  return namedError('ECANCELED', errnoOf('ECANCELED'), 'operation canceled because its handle was closed', syscall);
}
