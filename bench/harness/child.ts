// The process of a Node peer. Usage: child.js <scenario> <peer> <workspace>

import { createInterface } from 'node:readline';
import { findScenario } from '../scenarios.ts';
import type { Sample } from './scenario.ts';

const [scenarioName = '', peerName = '', workspace = ''] = process.argv.slice(2);
const peer = findScenario(scenarioName).peers.find((candidate) => candidate.name === peerName);
if (peer === undefined || !('start' in peer)) throw new Error(`${scenarioName} has no Node peer ${peerName}`);

const instance = await peer.start(workspace);

async function answer(line: string): Promise<object> {
  const [command, point = '', seconds = ''] = line.split(' ');
  switch (command) {
    case 'measure': {
      if (instance.measure === undefined) throw new Error('this peer does not measure itself');
      return (await instance.measure(point, Number(seconds))) satisfies Sample;
    }
    case 'port':
      return { port: instance.port?.() };
    case 'usage': {
      const { user, system } = process.cpuUsage();
      return { cpuMicroseconds: user + system };
    }
    default:
      throw new Error(`unknown command '${line}'`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(line).catch((error: Error) => ({ error: error.stack ?? String(error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
await instance.close?.();
// A peer may hold operations that never end (a hung node:fs): they must not keep its process.
process.exit();
