import { CommandError } from '../errors.ts';
import { Records } from '../index/records.ts';
import type { Catalog, Collection } from '../store/catalog.ts';
import { keyText } from '../store/overlay.ts';
import type { Overlay } from '../store/overlay.ts';
import type { Committed, Store } from '../store/store.ts';
import { loadRetry, saveRetry } from './retry.ts';
import { TRANSACTION_LIFETIME_MS, Transaction, noSuchTransaction, saveFlags } from './transaction.ts';
import type { Locks } from './transaction.ts';

/** The transactions in progress, one per session, and the way for writers outside of them. */
export class Sessions {
  readonly #shared: { store: Store; catalog: Catalog; locks: Locks };
  readonly #now: () => number;
  readonly #current = new Map<string, Transaction>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(store: Store, catalog: Catalog, now: () => number) {
    this.#shared = { store, catalog, locks: new Map() };
    this.#now = now;
  }

  /** Runs the commands of one session after another: a retry waits for the attempt that it repeats. */
  async inTurn<T>(session: string, run: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(session) ?? Promise.resolve();
    const turn = before.then(run, run);
    this.#turns.set(session, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(session) === turn) this.#turns.delete(session);
    }
  }

  begin(session: string, number: bigint): Transaction {
    const previous = this.#current.get(session);
    if (previous && previous.number >= number && previous.state !== 'ended') {
      throw new CommandError(
        225,
        'TransactionTooOld',
        `Cannot start transaction ${number}: ${previous.number} is in progress`,
      );
    }
    previous?.end();
    const transaction = new Transaction(session, number, this.#now(), this.#shared);
    this.#current.set(session, transaction);
    return transaction;
  }

  /** The transaction in progress; throws NoSuchTransaction when it ended, expired or never was. */
  current(session: string, number: bigint): Transaction {
    const transaction = this.#current.get(session);
    if (transaction?.number === number && transaction.state === 'active') {
      if (this.#now() - transaction.startedAtMs < TRANSACTION_LIFETIME_MS) return transaction;
      this.abort(transaction);
    }
    throw noSuchTransaction(number);
  }

  /** Commits, or confirms a commit that a lost connection hid from the client, across restarts too. */
  async commit(session: string, number: bigint): Promise<void> {
    if (loadRetry(this.#shared.store.latest(), session)?.number === number) return;
    const transaction = this.current(session, number);
    try {
      await transaction.commit((writes) => {
        saveRetry(writes, session, { number, at: new Date(this.#now()), done: 0, reply: {} });
      });
    } finally {
      this.abort(transaction);
    }
  }

  abort(transaction: Transaction): void {
    transaction.end();
    if (this.#current.get(transaction.session) === transaction) this.#current.delete(transaction.session);
  }

  end(session: string): void {
    const transaction = this.#current.get(session);
    if (transaction?.state === 'active') this.abort(transaction);
  }

  /** Ends what has outlived its 60 s, freeing its locks for those who wait. */
  abortExpired(): void {
    for (const transaction of this.#current.values()) {
      const expired = this.#now() - transaction.startedAtMs >= TRANSACTION_LIFETIME_MS;
      if (expired && transaction.state === 'active') this.abort(transaction);
    }
  }

  /** Ends all that is in progress, as at a stop: nobody may wait for a client that will not come back. */
  abortAll(): void {
    for (const transaction of this.#current.values()) {
      if (transaction.state === 'active') this.abort(transaction);
    }
  }

  /**
   * Runs writes of one collection outside any transaction; resolves when they can be read, and tells when they
   * are on disk. Where a transaction holds a key, it waits for its end and runs again, as MongoDB does.
   */
  async outside<T>(
    collection: Collection,
    run: (records: Records, writes: Overlay) => T,
  ): Promise<Committed<T>> {
    const { store, catalog, locks } = this.#shared;
    for (;;) {
      try {
        let flags = collection.flags;
        const committed = await store.commit((writes) => {
          refuseDropped(catalog, collection);
          const claim = (key: Buffer): void => {
            const holder = locks.size > 0 ? locks.get(keyText(key)) : undefined;
            if (holder) throw new Held(holder);
          };
          const value = run(new Records(collection, writes, claim), writes);
          saveFlags(catalog, collection, writes);
          flags = collection.flags;
          return value;
        });
        collection.flagsSaved = Math.max(collection.flagsSaved, flags);
        return committed;
      } catch (error) {
        if (!(error instanceof Held)) throw error;
        await error.holder.ended;
      }
    }
  }
}

/** A key is locked by a transaction in progress. Statements must let it pass, so that the whole runs again. */
export class Held extends Error {
  readonly holder: Transaction;

  constructor(holder: Transaction) {
    super('held by a transaction');
    this.holder = holder;
  }
}

function refuseDropped(catalog: Catalog, collection: Collection): void {
  if (catalog.find(collection.ns) === collection) return;
  throw new CommandError(175, 'QueryPlanKilled', `collection ${collection.ns} was dropped meanwhile`);
}
