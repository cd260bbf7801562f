// What a flow can be asked for.

/** How much a flow carries, as far as the system knows. */
export interface Fundamentals {
  /** Bits per second that the narrowest part of the way carries; null where the system does not measure it (Linux). */
  bottleneckBitsPerSecond: number | null;
  /** Bits per second that have lately been delivered; 0 before anything was. */
  availableBitsPerSecond: number;
  /** Milliseconds. */
  roundTripMs: number;
}

/** How the flow's packets are marked. */
export interface Priority {
  /** 0 to 63. */
  dscp: number;
  /** Of IEEE 802.1p, 0 to 7. */
  layer2: number;
}
