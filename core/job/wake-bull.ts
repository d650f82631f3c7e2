import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
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
  readonly #clients: Redis[] = [];
  #lastFailure = '';
  #sending = false;
  #again = false;

  constructor(options: BullWakerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { redisUrl, connectLimitMs = CONNECT_LIMIT_MS } = this.#options;
    // Loaded only where they are used: an installation without Redis does not pay for them.
    const [{ default: Bull }, { Redis }] = await Promise.all([import('bull'), import('ioredis')]);
    const connect = (): Redis => {
      // As Bull asks for: commands wait for Redis to come back instead of failing after some tries.
      const client = new Redis(redisUrl, {
        lazyConnect: true,
        maxRetriesPerRequest: null,
        enableReadyCheck: false,
      });
      client.on('error', (error: unknown) => this.#warnOnce(error));
      this.#clients.push(client);
      return client;
    };
    const clients = { client: connect(), bclient: connect(), subscriber: connect() };
    try {
      await withTimeLimit('Redis', connectLimitMs, async () => {
        await Promise.all(Object.values(clients).map((client) => client.connect()));
      });
    } catch (error) {
      await this.stop();
      throw new StartError(
        'REDIS_UNREACHABLE',
        'REDIS_URL',
        `Redis does not answer within ${connectLimitMs / 1000} s. Check address and password, or remove REDIS_URL to wake workers in process.`,
        error,
      );
    }
    const queue = new Bull(QUEUE, {
      prefix: PREFIX,
      createClient: (type) => clients[type],
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
    });
    queue.on('error', (error: unknown) => this.#warnOnce(error));
    this.#queue = queue;
    queue
      .process(async () => {
        for (const listener of this.#listeners) listener();
      })
      .catch((error: unknown) => this.#warnOnce(error));
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    const queue = this.#queue;
    this.#queue = undefined;
    // Redis may be gone for good: closing must not wait for it.
    if (queue)
      await withTimeLimit('Closing Redis', CLOSE_LIMIT_MS, () => queue.close(true)).catch(() => undefined);
    for (const client of this.#clients.splice(0)) client.disconnect();
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

  /** Reconnecting repeats the same error many times a second. */
  #warnOnce(error: unknown): void {
    const failure = failureOf(error);
    if (failure.message === this.#lastFailure) return;
    this.#lastFailure = failure.message;
    this.#options.logger.warn(failure, 'Redis does not answer; workers poll');
  }
}
