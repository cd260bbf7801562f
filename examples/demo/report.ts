// What the demo prints: a line per thing done, with the time it took.

export class Report {
  /** Does `work`, then prints `what` and how long it took. */
  async timed<Value>(what: string | ((value: Value) => string), work: () => Promise<Value>): Promise<Value> {
    const begin = performance.now();
    const value = await work();
    this.line(typeof what === 'string' ? what : what(value), performance.now() - begin);
    return value;
  }

  line(what: string, milliseconds?: number): void {
    const time = milliseconds === undefined ? '' : `${milliseconds.toFixed(milliseconds < 100 ? 2 : 0)} ms`;
    console.log(`   ${what.padEnd(72)} ${time.padStart(10)}`);
  }

  /** A bar that fills; only a terminal can draw over its own line. */
  progress(share: number): void {
    if (!process.stdout.isTTY) return;
    const filled = Math.round(share * 40);
    process.stdout.write(`\r   ${'█'.repeat(filled)}${'░'.repeat(40 - filled)} ${Math.round(share * 100)} %\x1b[K`);
  }

  progressEnd(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  }
}
