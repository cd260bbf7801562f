// The roads a file takes through a socket, and tests of each. The edition of Windows decides which one is taken.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binding } from '../../src/binding.ts';
import { transmitting } from '../../src/net/file-sending.ts';
import { runtime } from '../../src/runtime/runtime.ts';
import { assertSameDescriptors, openDescriptors } from './descriptors.ts';
import { onWindows } from './platforms.ts';
import { onWine } from './windows-differences.ts';

export type Road = 'by the system' | 'in pieces';

export const roads: readonly Road[] = onWindows ? ['by the system', 'in pieces'] : ['in pieces'];

/** Those on which a call can be ended in the middle, by closing its file, and the connection goes on. */
export const roadsWithExits: readonly Road[] = roads.filter(
  (road) => road === 'in pieces' || onWine('cancelledTransmitsKeepConnections'),
);

/** Those on which any number of files go at a time. */
export const wideRoads: readonly Road[] = roads.filter(
  (road) =>
    road === 'in pieces' || onWine('transmitsAreUnlimited') || binding.info().features.includes('transmit-file'),
);

/** Has files sent that way from now on. */
export function takeRoad(road: Road): void {
  transmitting.works = road === 'by the system';
}

/** A test of each road there is: it leaves no descriptor open and no operation pending. */
export function onEveryRoad(name: string, run: (road: Road) => Promise<void>): void {
  onRoads(roads, name, run);
}

/** The same of some roads. */
export function onRoads(these: readonly Road[], name: string, run: (road: Road) => Promise<void>): void {
  for (const road of these) {
    test(`${road}: ${name}`, async () => {
      takeRoad(road);
      const before = openDescriptors();
      const { inFlight } = runtime.counts();
      await run(road);
      assert.is(runtime.counts().inFlight, inFlight, 'operations left');
      await assertSameDescriptors(before, name);
    });
  }
}
