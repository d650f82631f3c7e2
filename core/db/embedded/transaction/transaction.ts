import { CommandError, writeConflict } from '../errors.ts';
import { Records } from '../index/records.ts';
import type { Catalog, Collection } from '../store/catalog.ts';
import { Overlay, keyText } from '../store/overlay.ts';
import type { Reader } from '../store/overlay.ts';
import type { Snapshot, Store } from '../store/store.ts';

/** MongoDB's transactionLifetimeLimitSeconds. */
export const TRANSACTION_LIFETIME_MS = 60_000;

/** Who holds which key; a key is a document's or a unique entry's. */
export type Locks = Map<string, Transaction>;

/**
 * One multi-document transaction: a snapshot, its own writes above it, and locks on what it wrote. Of two
 * that write one key, the first goes on and the second gets a WriteConflict (snapshot isolation, manual,
 * "In-progress Transactions and Write Conflicts").
 */
export class Transaction {
  readonly session: string;
  readonly number: bigint;
  readonly startedAtMs: number;
  /** The catalogue's moment when the snapshot was taken. */
  readonly since: number;
  state: 'active' | 'committing' | 'ended' = 'active';
  /** Resolves when the transaction is over and its locks are free. */
  readonly ended: Promise<void>;
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #locks: Locks;
  readonly #snapshot: Snapshot;
  readonly #writes: Overlay;
  readonly #claimed = new Set<string>();
  readonly #touched = new Map<Collection, number>();
  #end: () => void = () => {};

  constructor(
    session: string,
    number: bigint,
    startedAtMs: number,
    shared: { store: Store; catalog: Catalog; locks: Locks },
  ) {
    this.session = session;
    this.number = number;
    this.startedAtMs = startedAtMs;
    this.#store = shared.store;
    this.#catalog = shared.catalog;
    this.#locks = shared.locks;
    this.since = shared.catalog.changes;
    this.#snapshot = shared.store.snapshot();
    this.#writes = new Overlay(this.#snapshot);
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** The snapshot with this transaction's own writes; throws when an expiry has ended it meanwhile. */
  get reader(): Reader {
    if (this.state === 'ended') throw noSuchTransaction(this.number);
    return this.#writes;
  }

  /** Refuses a collection that was dropped, and perhaps made anew, after the snapshot was taken. */
  refuseNewer(ns: string): void {
    if (this.#catalog.droppedAt(ns) <= this.since) return;
    throw new CommandError(246, 'SnapshotUnavailable', `${ns} was dropped after the transaction began`, [
      'TransientTransactionError',
    ]);
  }

  /** Runs one statement; when it throws, its writes are undone. */
  statement<T>(collection: Collection, run: (records: Records, writes: Overlay) => T): T {
    // A lock taken after an expiry would never be freed.
    if (this.state !== 'active') throw noSuchTransaction(this.number);
    if (!this.#touched.has(collection)) this.#touched.set(collection, collection.version);
    const mark = this.#writes.mark();
    try {
      return run(new Records(collection, this.#writes, (key) => this.#claim(key)), this.#writes);
    } catch (error) {
      this.#writes.rollback(mark);
      throw error;
    } finally {
      this.#writes.settle();
    }
  }

  /** Writes everything in one go, with what `also` adds; throws a WriteConflict when others were first. */
  async commit(also: (writes: Overlay) => void): Promise<void> {
    this.state = 'committing';
    try {
      await this.#store.write((writes) => {
        this.#refuseConflicts(writes);
        for (const [key, value] of this.#writes.changes()) {
          if (value) writes.put(key, value);
          else writes.remove(key);
        }
        for (const collection of this.#touched.keys()) saveFlags(this.#catalog, collection, writes);
        also(writes);
      });
    } finally {
      this.end();
    }
  }

  /** Gives up snapshot and locks; without a commit before it, nothing was written. */
  end(): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.#snapshot.release();
    for (const text of this.#claimed) this.#locks.delete(text);
    this.#end();
  }

  #claim(key: Buffer): void {
    const text = keyText(key);
    const holder = this.#locks.get(text);
    if (holder === this) return;
    if (holder) throw conflict();
    if (!same(this.#store.latest().get(key), this.#snapshot.get(key))) throw conflict();
    this.#locks.set(text, this);
    this.#claimed.add(text);
  }

  // Compared by value: a writer outside any transaction may have been on its way when the key was claimed.
  #refuseConflicts(current: Reader): void {
    for (const text of this.#claimed) {
      const key = Buffer.from(text, 'latin1');
      if (!same(current.get(key), this.#snapshot.get(key))) throw conflict();
    }
    for (const [collection, version] of this.#touched) if (collection.version !== version) throw conflict();
  }
}

/** Writes the collection's record when documents have made its indexes multikey since it was last written. */
export function saveFlags(catalog: Catalog, collection: Collection, writes: Overlay): void {
  if (collection.flags === collection.flagsSaved) return;
  catalog.save(collection, writes);
}

export function noSuchTransaction(number: bigint): CommandError {
  return new CommandError(
    251,
    'NoSuchTransaction',
    `Given transaction number ${number} does not match any in-progress transactions.`,
    ['TransientTransactionError'],
  );
}

function conflict(): CommandError {
  return writeConflict(
    'WriteConflict error: this operation conflicted with another operation. Please retry.',
  );
}

function same(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
