import type { Logger } from '../log.ts';
import { failureOf } from '../failure.ts';

export interface LoopOptions {
  readonly name: string;
  /** The longest that a step waits for the next when nobody wakes it. */
  readonly everyMs: number;
  /** One round of work; true where there is more to do at once. */
  readonly step: () => Promise<boolean>;
  readonly logger: Logger;
}

/** Runs a step again and again, never two at once: when woken, else at an interval. A failing step is logged and tried again. */
export class Loop {
  readonly #options: LoopOptions;
  #running: Promise<void> | undefined;
  #stopping = false;
  #woken = false;
  #interrupt: (() => void) | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) throw new Error(`The loop "${this.#options.name}" is already running.`);
    this.#stopping = false;
    this.#running = this.#run();
  }

  wake(): void {
    this.#woken = true;
    this.#interrupt?.();
  }

  /** Waits for the step in progress, at most `limitMs`. */
  async stop(limitMs = 5000): Promise<void> {
    this.#stopping = true;
    this.#interrupt?.();
    if (this.#running) await settledWithin(this.#running, limitMs);
    this.#running = undefined;
  }

  async #run(): Promise<void> {
    const { name, step, logger, everyMs } = this.#options;
    while (!this.#stopping) {
      this.#woken = false;
      let more = false;
      try {
        more = await step();
      } catch (error) {
        if (!this.#stopping) logger.error({ loop: name, ...failureOf(error) }, 'a round failed');
      }
      if (!more && !this.#woken && !this.#stopping) await this.#pause(everyMs);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#interrupt?.(), ms);
      this.#interrupt = () => {
        clearTimeout(timer);
        this.#interrupt = undefined;
        resolve();
      };
    });
  }
}

/** Waits until `work` is settled either way, at most `limitMs`; true where it was. */
export async function settledWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  const result = await Promise.race([settled, limit]);
  clearTimeout(timer);
  return result;
}
