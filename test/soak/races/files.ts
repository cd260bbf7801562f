// Races on regular files.

import { constants, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { addressOf } from '../../../src/runtime/memory.ts';
import { closeNow } from '../../support/descriptors.ts';
import { perform, start } from '../../support/operations.ts';
import type { Random } from '../../support/random.ts';
import { race, type Tally } from '../race.ts';

const blockBytes = 4096;
const blocks = 64;

// O_DIRECT wants memory that starts on a block.
function alignedBlock(): Uint8Array {
  const memory = new Uint8Array(blockBytes * 2);
  const over = addressOf(memory) % blockBytes;
  return memory.subarray(over === 0 ? 0 : blockBytes - over).subarray(0, blockBytes);
}

export async function fileRaces(
  random: Random,
  tally: Tally,
  path: string,
  flags: number,
  rounds: number,
): Promise<void> {
  writeFileSync(path, Buffer.alloc(blockBytes * blocks));
  const descriptor = await perform('fileOpen', { bytes: path, argument0: constants.O_RDWR | flags });
  const versions = new Uint32Array(blocks);
  const view = alignedBlock();
  const words = new Uint32Array(view.buffer, view.byteOffset, blockBytes / 4);
  for (let round = 0; round < rounds; round++) {
    const block = random.below(blocks);
    const version = versions[block] as number;
    const writes = random.below(2) === 0;
    words.fill(writes ? round + 1 : 0xffffffff);
    const value = await race(
      random,
      tally,
      (options) =>
        start(
          writes ? 'fileWrite' : 'fileRead',
          { on: descriptor, views: [view], offset: block * blockBytes },
          options,
        ),
      () => {},
    );
    if (writes) {
      if (value !== null) versions[block] = round + 1;
    } else {
      const expected = value === null ? 0xffffffff : version;
      assert.ok(
        words.every((word) => word === expected),
        `a read ${value === null ? 'taken back' : 'done'}, yet other bytes`,
      );
    }
    if (value !== null) assert.is(value, blockBytes);
  }
  for (let block = 0; block < blocks; block++) {
    await perform('fileRead', { on: descriptor, views: [view], offset: block * blockBytes });
    assert.ok(
      words.every((word) => word === versions[block]),
      'the file holds what the resolved writes wrote',
    );
  }
  closeNow(descriptor);
}
