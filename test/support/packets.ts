// What goes over the loopback interface of the network this process is in, as somebody outside sees it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A packet of TCP or UDP. */
export interface Packet {
  version: 4 | 6;
  protocol: 'tcp' | 'udp';
  /** Where to. */
  port: number;
  dscp: number;
  /** Behind the header of IP. */
  bytes: number;
}

// A line for each packet on its way in, and one before the first.
const observer = `
import socket, struct, sys
packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
packets.bind(('lo', 0))
print('ready', flush=True)
while True:
    data, (_, kind, direction, _, _) = packets.recvfrom(70000)
    if direction == 4: continue
    if kind == 0x800:
        version, at, traffic, protocol = 4, (data[0] & 15) * 4, data[1], data[9]
    elif kind == 0x86dd:
        version, at, traffic, protocol = 6, 40, (struct.unpack('>H', data[:2])[0] >> 4) & 255, data[6]
    else: continue
    if protocol not in (6, 17): continue
    port = struct.unpack('>H', data[at + 2:at + 4])[0]
    print(version, protocol, port, traffic >> 2, len(data) - at, flush=True)
`;

export class Packets {
  readonly seen: Packet[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async observe(): Promise<Packets> {
    const child = spawn('python3', ['-c', observer], { stdio: ['ignore', 'pipe', 'inherit'] });
    const packets = new Packets(child);
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    lines.on('line', (line) => {
      const [version, protocol, port, dscp, bytes] = line.split(' ').map(Number) as [
        4 | 6,
        number,
        number,
        number,
        number,
      ];
      packets.seen.push({ version, protocol: protocol === 6 ? 'tcp' : 'udp', port, dscp, bytes });
    });
    return packets;
  }

  stop(): void {
    this.#child.kill();
  }
}
