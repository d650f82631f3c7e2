import { BusyError } from '../../../core/errors.ts';

/** What became of one item of a batch. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

interface Waiting<I, T> {
  readonly item: I;
  readonly settle: (outcome: Outcome<T>) => void;
}

/**
 * Work that costs the same for many as for one: while one batch is under way the next forms, without a timer. A single
 * item goes at once; a longer queue than `waitingMax` is refused, so that nobody waits without end.
 */
export class BatchQueue<I, T> {
  readonly #run: (items: readonly I[]) => Promise<readonly Outcome<T>[]>;
  readonly #batchMax: number;
  readonly #waitingMax: number;
  readonly #waiting: Waiting<I, T>[] = [];
  #running = false;

  constructor(
    run: (items: readonly I[]) => Promise<readonly Outcome<T>[]>,
    { batchMax, waitingMax }: { readonly batchMax: number; readonly waitingMax: number },
  ) {
    this.#run = run;
    this.#batchMax = batchMax;
    this.#waitingMax = waitingMax;
  }

  /** @throws BUSY (503) where too many wait, and whatever the batch says of this item */
  push(item: I): Promise<T> {
    if (this.#waiting.length >= this.#waitingMax)
      return Promise.reject(
        new BusyError('Too many requests wait for points to be posted. Repeat the request.'),
      );
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome<T>) =>
        'error' in outcome ? reject(outcome.error as Error) : resolve(outcome.value);
      this.#waiting.push({ item, settle });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    // What is pushed in the same turn goes with the first batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#batchMax);
      const outcomes = await this.#run(batch.map(({ item }) => item)).catch((error: unknown) =>
        batch.map(() => ({ error })),
      );
      batch.forEach(({ settle }, index) =>
        settle(outcomes[index] ?? { error: new Error('A batch gave no answer to one of its items.') }),
      );
    }
    this.#running = false;
  }
}
