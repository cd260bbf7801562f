import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { summaryLine, summaryTally, uvuTally } from '../../../scripts/suite/tally.ts';

const closing = (total: number, passed: number, skipped: number): string =>
  `• • (${passed} / ${total})\n\n  Total:     ${total}\n\u001b[32m  Passed:    ${passed}\u001b[39m\n  Skipped:   ${skipped}\n  Duration:  1.00ms\n\n`;

test('the counts of uvu are read through its colours', () => {
  assert.equal(uvuTally(closing(5, 3, 2)), { passed: 3, failed: 2, skipped: 2 });
});

test('tests that a throwing hook kept from running count as failed', () => {
  assert.equal(uvuTally(closing(4, 0, 0)), { passed: 0, failed: 4, skipped: 0 });
});

test('the last counts in an output are the ones that hold', () => {
  assert.equal(uvuTally(closing(1, 1, 0) + closing(7, 7, 0)), { passed: 7, failed: 0, skipped: 0 });
  assert.equal(summaryTally('1 passed, 0 failed\n2 passed, 1 failed, 4 skipped\n'), {
    passed: 2,
    failed: 1,
    skipped: 4,
  });
});

test('an output without counts has none', () => {
  assert.is(uvuTally('Segmentation fault\n'), null);
  assert.is(summaryTally('all 3 passed, 0 failed of 9\n'), null);
});

test('a summary line can be read back', () => {
  assert.is(summaryLine({ passed: 12, failed: 0, skipped: 0 }), '12 passed, 0 failed');
  const tally = { passed: 12, failed: 3, skipped: 1 };
  assert.equal(summaryTally(`${summaryLine(tally)}\n`), tally);
});

test.run();
