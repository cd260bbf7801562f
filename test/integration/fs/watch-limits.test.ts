// What the system has no room for.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { runScript } from '../../support/child.ts';
import { onlyOnLinux } from '../../support/platforms.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const test = onlyOnLinux('a limit of descriptors');
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const module = fileURLToPath(new URL(`../../../src/fs/watch${extension}`, import.meta.url));

test('without descriptors left a watch fails with EMFILE, and the others go on', async () => {
  const directory = temporaryDirectory();
  const watched = join(directory, 'watched');
  mkdirSync(watched);
  const script = join(directory, 'script.mjs');
  writeFileSync(
    script,
    `import { mkdirSync } from 'node:fs';
     import { watch } from ${JSON.stringify(module)};
     const path = ${JSON.stringify(watched)};
     const watchers = [];
     let error;
     while (error === undefined) {
       const watcher = watch(path);
       await watcher.ready.then(() => watchers.push(watcher), (reason) => { error = reason; });
     }
     console.log(error.code, error.syscall, error.path === path, watchers.length > 3);
     mkdirSync(path + '/new');
     const changes = await Promise.all(watchers.map((watcher) => watcher.next()));
     console.log(changes.every(({ value }) => value.filename === 'new'));
     await Promise.all(watchers.map((watcher) => watcher.return()));
     const again = watch(path);
     await again.ready;
     await again.return();
     console.log('works again');`,
  );
  const { stdout, stderr, code } = await runScript(script, { before: 'ulimit -n 64', withinMs: 30_000 });
  assert.is(stdout, 'EMFILE watch true true\ntrue\nworks again\n', stderr);
  assert.is(code, 0);
});

test.run();
