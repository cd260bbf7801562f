// What info() says, in words for a person.

import { platform } from '../binding.ts';
import type { RuntimeInfo } from './info.ts';

export interface DoctorReport {
  text: string;
  /** Whether files and sockets both run. */
  sound: boolean;
}

const laneWords: Readonly<Record<string, string>> = {
  uring: 'io_uring',
  iocp: 'I/O completion port',
  pool: 'threads of our own',
};

const featureWords: Readonly<Record<string, string>> = {
  'single-issuer': 'one thread submits: the kernel needs no locks for it',
  'cooperative-task-run': 'completions do not interrupt JavaScript',
  'multishot-accept': 'one accept brings many connections',
  'cancel-by-descriptor': 'closing can take back several operations with one request',
  'zero-copy-send': 'large writes to TCP sockets are sent from your memory',
  'registered-files': 'the kernel keeps the files with many operations at hand',
  truncate: 'truncate is cancellable',
  socket: 'sockets are opened through the ring',
  'transmit-file': 'the system sends files through TCP sockets by itself',
  'pinned-buffers': 'buffers stay valid for the kernel when they are transferred away',
};

/** The report `npx rescind doctor` prints. */
export function doctorReport(info: RuntimeInfo): DoctorReport {
  const main = info.lanes.find(({ name }) => name === 'iocp') ?? info.lanes.find(({ name }) => name === 'uring');
  const lines = [`Kernel: ${info.kernel}; Node ${process.version} on ${platform}-${process.arch}`, '', 'Lanes:'];
  for (const { name, used, reason } of info.lanes) {
    lines.push(`  ${used ? 'used    ' : 'not used'}  ${laneWords[name] ?? name}: ${reason}`);
  }
  lines.push('', 'Features:');
  for (const feature of info.features) {
    const words = featureWords[feature];
    lines.push(`  ${feature}${words === undefined ? '' : `: ${words}`}`);
  }
  lines.push('', `At most ${info.settings.maxInFlight} operations are with the kernel at a time, more wait in order.`);
  const sound = main?.used === true;
  const missing = main?.name === 'iocp' ? 'a completion port' : 'io_uring';
  lines.push(
    sound
      ? 'Abort reaches the kernel for every file and socket operation.'
      : `Without ${missing}, files and paths run on threads, where an abort takes back what is queued and detaches from what runs; sockets are not available.`,
  );
  return { text: lines.join('\n'), sound };
}
