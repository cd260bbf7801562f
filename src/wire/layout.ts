// The shared blocks as native/wire/layout.h lays them out. binding.ts compares the version and the
// sizes with the addon's at load.

export const wireVersion = 5;

export const submissionEntries = 1024;
export const cancelEntries = 4096;
export const completionEntries = 1024;
export const stagingBytes = 256 * 1024;
export const payloadBytes = 256 * 1024;
export const controlEntries = 16;

/** Sizes in units of int32. */
export const descriptorInts = 16;
export const cancelInts = 3;
export const completionInts = 8;

/** int32 fields of a descriptor. */
export const Field = {
  slot: 0,
  generation: 1,
  operation: 2,
  flags: 3,
  handle: 4,
  length: 5,
  argument0: 6,
  argument1: 7,
  bytesOffset: 14,
  bytesLength: 15,
} as const;

/** float64 fields of a descriptor. */
export const WideField = { address: 4, offset: 5, timeoutMs: 6 } as const;

export const DescriptorFlag = {
  none: 0,
  tryInline: 1,
  mayBlock: 2,
  multishot: 4,
  zeroCopy: 8,
  directDevice: 16,
  laneBuffer: 32,
  ofHandle: 64,
  abortable: 128,
} as const;

export const CancelFlag = {
  none: 0,
  wholeDescriptor: 1,
} as const;

/** int32 fields of a completion. */
export const CompletionField = {
  slot: 0,
  generation: 1,
  result: 2,
  flags: 3,
  payloadOffset: 4,
  payloadLength: 5,
  native: 6,
} as const;

export const CompletionFlag = {
  more: 1,
  cancelled: 2,
  deadline: 4,
  terminal: 8,
  payloadHeld: 16,
} as const;

export const Control = {
  descriptorCount: 0,
  cancelCount: 1,
  referenced: 2,
  mayDeliver: 3,
  completionCount: 4,
  completionsLeft: 5,
  settingEntries: 6,
  settingCompletionEntries: 7,
  settingBudgetMicroseconds: 8,
  settingBudgetOperations: 9,
  settingPoolThreads: 10,
  settingAllowUring: 11,
  readResult: 12,
} as const;

/** Options of socketSetOption, the same numbers as native/os/socket_options.h. */
export const SocketOption = {
  noDelay: 1,
  keepAlive: 2,
  keepAliveDelaySeconds: 3,
  reuseAddress: 4,
  reusePort: 5,
  onlyIpv6: 6,
  broadcast: 7,
  timeToLive: 8,
  multicastTimeToLive: 9,
  multicastLoopback: 10,
  receiveBufferBytes: 11,
  sendBufferBytes: 12,
  keepAliveIntervalSeconds: 13,
  keepAliveCount: 14,
  trafficClass: 15,
  priority: 16,
  mostBytesPerSecond: 17,
} as const;
