// Run with few descriptors allowed: opens files until it fails, tells how, and goes on.

import * as fs from '../../../../src/fs/index.ts';

const path = process.argv[2] as string;
await fs.writeFile(path, 'contents');

const open: fs.FileHandle[] = [];
let refused: NodeJS.ErrnoException | undefined;
while (refused === undefined) {
  try {
    open.push(await fs.open(path));
  } catch (error) {
    refused = error as NodeJS.ErrnoException;
  }
}
const others = await Promise.allSettled([
  fs.readFile(path),
  fs.readdir('/'),
  fs.writeFile(`${path}-2`, 'x'),
  fs.stat(path),
]);
const read = (await open[0]?.read(Buffer.alloc(4)))?.bytesRead;
for (const file of open) await file.close();
const after = await fs.readFile(path, 'utf8');
console.log(
  JSON.stringify({
    opened: open.length > 0,
    refused: { code: refused.code, errno: refused.errno, syscall: refused.syscall, path: refused.path === path },
    others: others.map((other) => (other.status === 'fulfilled' ? 'done' : other.reason.code)),
    read,
    after,
  }),
);
