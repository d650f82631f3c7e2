import type { Queue } from 'bull';
import { StartError } from '../errors.ts';
import { failureOf } from '../failure.ts';
import type { Logger } from '../log.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import type { JobWaker } from './wake.ts';

export interface BullWakerOptions {
  readonly redisUrl: string;
  readonly logger: Logger;
  readonly connectLimitMs?: number;
}

/** In braces, so that a Redis cluster keeps all keys of the queue on one node. */
const PREFIX = '{tessera}';
const QUEUE = 'wake';
const CONNECT_LIMIT_MS = 5000;
const CLOSE_LIMIT_MS = 2000;

/** Wakes a worker of whichever process is free, by a Bull queue on Redis whose jobs are empty. */
export class BullWaker implements JobWaker {
  readonly #options: BullWakerOptions;
  readonly #listeners = new Set<() => void>();
  #queue: Queue | undefined;
  #sending = false;
  #again = false;

  constructor(options: BullWakerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { redisUrl, logger, connectLimitMs = CONNECT_LIMIT_MS } = this.#options;
    // Loaded only where it is used: an installation without Redis does not pay for it.
    const { default: Bull } = await import('bull');
    const queue = new Bull(QUEUE, redisUrl, {
      prefix: PREFIX,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
    });
    let lastFailure = '';
    queue.on('error', (error: unknown) => {
      const failure = failureOf(error);
      // Reconnecting repeats the same error many times a second.
      if (failure.message !== lastFailure) logger.warn(failure, 'Redis does not answer; workers poll');
      lastFailure = failure.message;
    });
    try {
      await withTimeLimit('Redis', connectLimitMs, async () => {
        await queue.isReady();
      });
    } catch (error) {
      await this.#close(queue);
      throw new StartError(
        'REDIS_UNREACHABLE',
        'REDIS_URL',
        `Redis does not answer within ${connectLimitMs / 1000} s. Check address and password, or remove REDIS_URL to wake workers in process.`,
        error,
      );
    }
    this.#queue = queue;
    void queue.process(async () => {
      for (const listener of this.#listeners) listener();
    });
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    const queue = this.#queue;
    this.#queue = undefined;
    if (queue) await this.#close(queue);
  }

  wake(): void {
    this.#again = true;
    if (!this.#sending) void this.#send();
  }

  onWake(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One wake on its way at a time: while Redis is away they must not pile up. */
  async #send(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#again && this.#queue) {
        this.#again = false;
        await this.#queue.add({});
      }
    } catch (error) {
      this.#options.logger.warn(failureOf(error), 'a wake was lost; workers poll');
    } finally {
      this.#sending = false;
    }
  }

  /** Redis may be gone for good: closing must not wait for it. */
  async #close(queue: Queue): Promise<void> {
    await withTimeLimit('Closing Redis', CLOSE_LIMIT_MS, () => queue.close(true)).catch(() => undefined);
  }
}
