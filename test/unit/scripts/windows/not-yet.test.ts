import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { notYet } from '../../../../scripts/windows/not-yet.ts';
import { projectRoot } from '../../../support/root.ts';

test('what is left out on Windows exists', () => {
  assert.equal(
    notYet.filter((path) => !existsSync(join(projectRoot, path))),
    [],
  );
  assert.is(new Set(notYet).size, notYet.length);
});

test.run();
