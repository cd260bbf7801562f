// Which of several addresses answers first (RFC 8305, "happy eyeballs"): the next one is tried when an attempt
// has failed or has not answered for a while, and the attempts before it go on. The losers are taken back.

import type { Steps } from '../runtime/steps.ts';
import { Attempt, type Target } from './attempt.ts';
import type { SocketHandle } from './socket-handle.ts';

/** The addresses with their families in turn, beginning with the family of the first. */
export function interleaved<Address extends { family: number }>(addresses: readonly Address[]): Address[] {
  const first = addresses[0]?.family;
  const these = addresses.filter(({ family }) => family === first);
  const others = addresses.filter(({ family }) => family !== first);
  const mixed: Address[] = [];
  for (let index = 0; index < Math.max(these.length, others.length); index++) {
    mixed.push(...these.slice(index, index + 1), ...others.slice(index, index + 1));
  }
  return mixed;
}

export class Race {
  readonly #targets: readonly Target[];
  readonly #steps: Steps;
  readonly #delayMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #running = new Set<Attempt>();
  readonly #errors: Error[] = [];
  readonly #done: Promise<SocketHandle>;
  #resolve!: (handle: SocketHandle) => void;
  #reject!: (reason: unknown) => void;
  #begun = 0;
  #timer: NodeJS.Timeout | undefined;
  #winner: SocketHandle | null = null;
  /** Why the whole call has ended: its signal's reason or its deadline's error. */
  #ended: { reason: unknown } | null = null;

  /** @param delayMs how long an attempt goes unanswered before the next one begins beside it */
  constructor(targets: readonly Target[], steps: Steps, signal: AbortSignal | undefined, delayMs: number) {
    this.#targets = targets;
    this.#steps = steps;
    this.#signal = signal;
    this.#delayMs = delayMs;
    this.#done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * Resolves to the first connection once the losers are gone. When all fail it rejects with the error of the only
   * attempt, or with an AggregateError of all whose `code` is that of the first.
   */
  run(): Promise<SocketHandle> {
    this.#beginNext();
    return this.#done;
  }

  #beginNext(): void {
    clearTimeout(this.#timer);
    const target = this.#targets[this.#begun];
    if (target === undefined || this.#winner !== null || this.#ended !== null) return;
    this.#begun++;
    const attempt = new Attempt(target, this.#steps);
    this.#running.add(attempt);
    attempt.connect().then(
      (handle) => this.#connected(attempt, handle),
      (error) => this.#failed(attempt, error),
    );
    if (this.#begun < this.#targets.length) this.#timer = setTimeout(() => this.#beginNext(), this.#delayMs);
  }

  #connected(attempt: Attempt, handle: SocketHandle): void {
    clearTimeout(this.#timer);
    if (this.#winner === null) {
      this.#winner = handle;
      this.#running.delete(attempt);
      for (const loser of this.#running) loser.abandon();
      this.#finish();
    } else {
      // It arrived in the same moment as the winner: too late to be taken back, so it is closed.
      handle.close().then(
        () => this.#gone(attempt),
        () => this.#gone(attempt),
      );
    }
  }

  #failed(attempt: Attempt, error: unknown): void {
    if (this.#endsCall(error)) this.#ended ??= { reason: error };
    else this.#errors.push(error as Error);
    if (this.#winner === null) this.#beginNext();
    this.#gone(attempt);
  }

  #gone(attempt: Attempt): void {
    this.#running.delete(attempt);
    this.#finish();
  }

  #finish(): void {
    if (this.#running.size > 0) return;
    clearTimeout(this.#timer);
    if (this.#winner !== null) this.#resolve(this.#winner);
    else if (this.#ended !== null) this.#reject(this.#ended.reason);
    else this.#reject(this.#errors.length === 1 ? this.#errors[0] : allFailed(this.#errors));
  }

  #endsCall(error: unknown): boolean {
    if (this.#signal?.aborted && error === this.#signal.reason) return true;
    return error instanceof DOMException && error.name === 'TimeoutError';
  }
}

function allFailed(errors: readonly Error[]): AggregateError {
  const message = errors.map((error) => error.message).join('; ');
  return Object.assign(new AggregateError(errors, message), { code: (errors[0] as NodeJS.ErrnoException).code });
}
