import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { RootDatabase, Transaction } from 'lmdb';
import { Overlay } from './overlay.ts';
import type { Entry, Reader } from './overlay.ts';

/** A stable view of the store as of one moment; release it, for it keeps old pages alive. */
export interface Snapshot extends Reader {
  release(): void;
}

export interface StoreOptions {
  /** Test only: acknowledge writes before they are on disk, to show that the durability test can fail. */
  acknowledgeEarly?: boolean;
}

export interface Committed<T> {
  result: T;
  flushed: Promise<void>;
}

interface Waiting {
  /** Gives what tells the writer that its writes are committed. */
  run(writes: Overlay): (flushed: Promise<void>) => void;
  reject(error: unknown): void;
}

const EARLY_MS = 200;
/** How long the writes of one transaction may take together, for nobody is answered meanwhile. */
const GROUP_MS = 8;

/** The ordered store on disk. One process writes, in groups: concurrent writes share one commit and flush. */
export class Store {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #options: StoreOptions;
  readonly #waiting: Waiting[] = [];
  #pumping: Promise<void> | undefined;
  #closed = false;

  constructor(folder: string, options: StoreOptions = {}) {
    mkdirSync(folder, { recursive: true });
    this.#options = options;
    this.#db = open<Buffer, Buffer>({
      path: join(folder, 'tessera.mdb'),
      keyEncoding: 'binary',
      encoding: 'binary',
      maxReaders: 1024,
    });
  }

  /** Reads what is committed now. A range must be read in one go: the next command sees a newer state. */
  latest(): Reader {
    this.#db.resetReadTxn();
    return this.#reader();
  }

  snapshot(): Snapshot {
    this.#db.resetReadTxn();
    const transaction = this.#db.useReadTransaction();
    const reader = this.#reader(transaction);
    // The snapshot is taken by the first read of a transaction, not by its opening.
    reader.get(Buffer.from([0]));
    let released = false;
    return {
      get: reader.get,
      range: reader.range,
      release() {
        if (!released) transaction.done();
        released = true;
      },
    };
  }

  /** Runs writes as `commit` does and resolves when they are on disk. */
  async write<T>(run: (writes: Overlay) => T): Promise<T> {
    const { result, flushed } = await this.commit(run);
    await flushed;
    return result;
  }

  /**
   * Runs a command's writes inside one lmdb transaction and resolves when they can be read; `flushed` resolves
   * when they, and all that was committed before them, are on disk. When it throws, none of its writes happen.
   * It must be synchronous and short: all others wait for it.
   */
  commit<T>(run: (writes: Overlay) => T): Promise<Committed<T>> {
    if (this.#closed) return Promise.reject(new Error('the store is closed'));
    if (this.#options.acknowledgeEarly) return this.#commitLater(run);
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        run: (writes) => {
          const result = run(writes);
          return (flushed) => resolve({ result, flushed });
        },
        reject,
      });
      this.#pumping ??= this.#pump().finally(() => (this.#pumping = undefined));
    });
  }

  /** Resolves when all that is committed now is on disk. */
  async flushed(): Promise<void> {
    await this.#db.flushed;
  }

  /** Ends what waits to be written, flushes and closes; whoever writes later is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pumping;
    await this.#db.flushed;
    await this.#db.close();
  }

  // One transaction after another, each with all that has come to wait meanwhile: they share a flush, which goes
  // on while the next transaction is written.
  async #pump(): Promise<void> {
    while (this.#waiting.length > 0) {
      const settled: ((flushed: Promise<void>) => void)[] = [];
      const taken: Waiting[] = [];
      let wrote = false;
      try {
        await this.#db.transaction(() => {
          const until = performance.now() + GROUP_MS;
          while (this.#waiting.length > 0 && (taken.length === 0 || performance.now() < until)) {
            const next = this.#waiting.shift() as Waiting;
            taken.push(next);
            try {
              const writes = new Overlay(this.#reader());
              const settle = next.run(writes);
              wrote = this.#put(writes) || wrote;
              settled.push(settle);
            } catch (error) {
              next.reject(error);
            }
          }
        });
      } catch (error) {
        // A transaction that did not begin will not begin for the others either.
        for (const { reject } of taken.length > 0 ? taken : this.#waiting.splice(0)) reject(error);
        continue;
      }
      const flushed = wrote ? this.flushed() : Promise.resolve();
      // Whoever awaits it hears of a failure; a writer that failed for its own reasons may not.
      flushed.catch(() => undefined);
      for (const settle of settled) settle(flushed);
    }
  }

  #put(writes: Overlay): boolean {
    let wrote = false;
    for (const [key, value] of writes.changes()) {
      wrote = true;
      if (value) void this.#db.put(key, value);
      else void this.#db.remove(key);
    }
    return wrote;
  }

  async #commitLater<T>(run: (writes: Overlay) => T): Promise<Committed<T>> {
    const writes = new Overlay(this.latest());
    const result = run(writes);
    setTimeout(() => void this.#db.transaction(() => this.#put(writes)), EARLY_MS);
    return { result, flushed: Promise.resolve() };
  }

  #reader(transaction?: Transaction): Reader {
    const db = this.#db;
    const options = transaction ? { transaction } : {};
    return {
      get: (key) => db.get(key, options),
      *range(lower, upper, reverse = false): Generator<Entry> {
        if (!reverse) {
          yield* db.getRange({ start: lower, end: upper, ...options }) as Iterable<Entry>;
          return;
        }
        for (const entry of db.getRange({ start: upper, reverse, ...options }) as Iterable<Entry>) {
          if (entry.key.compare(lower) < 0) return;
          if (entry.key.compare(upper) < 0) yield entry;
        }
      },
    };
  }
}
