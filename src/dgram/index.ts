// rescind/dgram: UDP sockets whose every operation can be taken back.

export { bind, createSocket } from './create.ts';
export type { Message, ReceivedInto, ReceiveOptions, Sender } from './message.ts';
export type { BindAddress, BindOptions, SocketOptions, SocketType } from './options.ts';
export type { DatagramData, SendArguments, SendOptions } from './send.ts';
export type { SocketAddress } from './settings.ts';
export { UdpSocket } from './socket.ts';
