// Operations that do nothing: what the way through the runtime and the ring costs by itself.

import { rate } from './harness/rate.ts';
import type { Claim, Scenario } from './harness/scenario.ts';

function claim(inFlight: number, must: number, stretch: number): Claim {
  return {
    work: `no-op promise-operations per second, ${inFlight} in flight`,
    of: { peer: 'rescind', point: String(inFlight) },
    must: { atLeast: must },
    stretch: { atLeast: stretch },
  };
}

export const noop: Scenario = {
  name: 'noop',
  title: 'no-op promise-operations',
  unit: 'operations/s',
  axis: 'in flight',
  points: ['1', '64'],
  peers: [
    {
      name: 'rescind',
      start: async () => {
        const { runtime } = await import('../src/runtime/runtime.ts');
        const { defineKind } = await import('../src/runtime/operation.ts');
        const { Operation } = await import('../src/wire/operations.ts');
        const kind = defineKind<number, undefined>({
          name: 'noop',
          operation: Operation.noop,
          syscall: 'noop',
          memory: 'none',
          complete: (result) => result,
        });
        return {
          measure: (point, seconds) =>
            rate(
              Number(point),
              seconds,
              () => runtime.start(kind, undefined, null, undefined),
              () => {},
            ),
        };
      },
    },
  ],
  claims: [claim(64, 4.5e6, 6e6), claim(1, 0.9e6, 1.2e6)],
};
