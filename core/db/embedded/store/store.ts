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

const EARLY_MS = 20;

/** The ordered store on disk. One process writes, in groups: concurrent writes share one commit and flush. */
export class Store {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #options: StoreOptions;

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

  /**
   * Runs a command's writes inside one lmdb transaction and resolves when they are on disk. When it throws,
   * none of its writes happen. It must be synchronous and short: all others wait for it.
   */
  async write<T>(run: (writes: Overlay) => T): Promise<T> {
    if (this.#options.acknowledgeEarly) return this.#writeLater(run);
    let result: T | undefined;
    let failure: unknown;
    let failed = false;
    let wrote = false;
    const committed = this.#db.transaction(() => {
      try {
        const writes = new Overlay(this.#reader());
        result = run(writes);
        wrote = this.#put(writes);
      } catch (error) {
        failed = true;
        failure = error;
      }
    });
    await committed;
    if (failed) throw failure;
    if (wrote) await this.#db.flushed;
    return result as T;
  }

  async close(): Promise<void> {
    await this.#db.flushed;
    await this.#db.close();
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

  async #writeLater<T>(run: (writes: Overlay) => T): Promise<T> {
    const writes = new Overlay(this.latest());
    const result = run(writes);
    setTimeout(() => void this.#db.transaction(() => this.#put(writes)), EARLY_MS);
    return result;
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
