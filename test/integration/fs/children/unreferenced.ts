// A read that waits for ever on an unreferenced handle: the process ends all the same.

import * as fs from '../../../../src/fs/index.ts';

const file = await fs.open(process.argv[2] as string, 'r+');
file.unref();
const reading = file.read(Buffer.alloc(1));
reading.then(
  () => console.log('read'),
  () => console.log('rejected'),
);
if (process.argv[3] === 'ref') {
  file.ref();
  setTimeout(() => void file.write('x'), 50).unref();
}
console.log('waiting');
