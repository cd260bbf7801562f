// Types of traffic, and the marks that stand for them: those of Windows (Microsoft, QOS_TRAFFIC_TYPE), on Linux too.

import { invalidValue } from '../errors.ts';

/** What kind of traffic a flow is, from the least urgent of the first two to the most urgent of the last. */
export type TrafficType = 'bestEffort' | 'background' | 'excellentEffort' | 'audioVideo' | 'voice' | 'control';

export interface Marks {
  /** Differentiated services code point of the IP header, 0 to 63. */
  dscp: number;
  /** Of the interface's queue, and so of IEEE 802.1p, 0 to 6: the seventh needs rights. */
  priority: number;
}

const marks: Readonly<Record<TrafficType, Marks>> = {
  bestEffort: { dscp: 0, priority: 0 },
  background: { dscp: 8, priority: 2 },
  excellentEffort: { dscp: 40, priority: 5 },
  audioVideo: { dscp: 40, priority: 5 },
  voice: { dscp: 56, priority: 6 },
  control: { dscp: 56, priority: 6 },
};

/** Throws ERR_INVALID_ARG_VALUE for what is no type. */
export function marksOf(type: unknown, name: string): Marks {
  const found = typeof type === 'string' && Object.hasOwn(marks, type) ? marks[type as TrafficType] : undefined;
  if (found !== undefined) return found;
  const words = Object.keys(marks).map((word) => `'${word}'`);
  throw invalidValue(name, `must be one of: ${words.join(', ')}`, type);
}
