// What a promise is rejected with.

import { deadline } from './deadline.ts';

/** The reason; fails when the promise resolves, or does not settle. */
export async function rejected(promise: Promise<unknown>): Promise<Error & NodeJS.ErrnoException> {
  try {
    await deadline(promise, 'a promise that should reject');
  } catch (error) {
    return error as Error;
  }
  throw new Error('it should have rejected');
}
