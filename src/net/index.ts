// rescind/net: TCP and Unix stream sockets, and named pipes.

export type { AddressInfo } from './addresses.ts';
export type { ReadOptions, SendFileOptions, WriteOptions } from './arguments.ts';
export { type ConnectOptions, type ConnectOptionsWithoutTarget, connect } from './connect.ts';
export { type ListenOptions, listen } from './listen.ts';
export type { PipeMode } from './pipes.ts';
export type { Server } from './server.ts';
export type { Socket } from './socket.ts';
