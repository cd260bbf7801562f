// Ends with operations that hang in a file system. Arguments: the setting 'uring', the files to open.

import { runtime } from '../../../src/runtime/runtime.ts';
import { pause } from '../../support/deadline.ts';
import { perform } from '../../support/operations.ts';

const [uring, ...paths] = process.argv.slice(2);
runtime.configure({ uring: uring as 'auto' | 'off', detachAfterMs: 10 });
for (const path of paths) {
  const promise = path.includes('hang-open')
    ? perform('fileOpen', { bytes: path })
    : perform('fileOpen', { bytes: path }).then((on) =>
        perform('fileRead', { on, views: [new Uint8Array(4096)], offset: 0 }),
      );
  promise.catch(() => {});
}
await pause(300);
console.log('exiting');
process.exit(7);
