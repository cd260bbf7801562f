// Changes between the watcher that sees them and the loop that asks for them.

interface Waiter<Value> {
  resolve(result: IteratorResult<Value, undefined>): void;
  reject(error: unknown): void;
}

export class ChangeQueue<Value> {
  readonly #most: number;
  #values: Value[] = [];
  #head = 0;
  #waiters: Waiter<Value>[] = [];
  #ended = false;
  #failure: { error: unknown } | undefined;

  /** @param most values kept at a time */
  constructor(most: number) {
    this.#most = most;
  }

  get #size(): number {
    return this.#values.length - this.#head;
  }

  /** False when there is no room. */
  push(value: Value): boolean {
    if (this.#ended) return true;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value });
      return true;
    }
    if (this.#size >= this.#most) return false;
    this.#values.push(value);
    return true;
  }

  next(): Promise<IteratorResult<Value, undefined>> {
    if (this.#size > 0) {
      const value = this.#values[this.#head++] as Value;
      if (this.#head > 512 && this.#head * 2 > this.#values.length) {
        this.#values.splice(0, this.#head);
        this.#head = 0;
      }
      return Promise.resolve({ done: false, value });
    }
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Nothing follows what is kept, but the error where there is one. Only the first call counts. */
  end(failure?: { error: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) this.next().then(waiter.resolve, waiter.reject);
  }

  /** Drops what is kept, an error as well. */
  clear(): void {
    this.#failure = undefined;
    this.#values = [];
    this.#head = 0;
  }
}

/** What becomes of changes nobody keeps. */
export class OverflowPolicy {
  readonly #policy: 'ignore' | 'throw';
  readonly #path: string;
  #warned = false;

  constructor(policy: 'ignore' | 'throw', path: string) {
    this.#policy = policy;
    this.#path = path;
  }

  /** Throws, or warns the first time. */
  note(): void {
    const message = `changes of '${this.#path}' came faster than they were asked for; some are lost`;
    const code = 'ERR_FS_WATCH_QUEUE_OVERFLOW';
    if (this.#policy === 'throw') throw Object.assign(new Error(message), { code });
    if (this.#warned) return;
    this.#warned = true;
    process.emitWarning(message, { type: 'RescindWarning', code });
  }
}
