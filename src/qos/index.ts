// rescind/qos: how the traffic of a socket is marked, paced and watched.

export { Flow, type FlowChange, type NotifyOn, type NotifyOptions } from './flow.ts';
export type { Fundamentals, Priority } from './measures.ts';
export { type FlowOptions, open, Qos } from './qos.ts';
export type { TrafficType } from './traffic.ts';
