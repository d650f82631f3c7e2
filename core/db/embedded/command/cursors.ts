import { randomInt } from 'node:crypto';
import { CommandError } from '../errors.ts';
import type { Transaction } from '../transaction/transaction.ts';
import type { Pacer } from './request.ts';

/** Where a reply to a cursor stops growing. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** MongoDB's cursorTimeoutMillis: what a client abandoned ends after ten minutes. */
const CURSOR_LIFETIME_MS = 10 * 60_000;

/** A guard against clients that open and never close. */
const CURSORS_MAX = 10_000;

/** The results of a query, taken a batch at a time. */
export interface Results {
  /** Gives documents to `take` until it returns false; true when nothing is left. */
  fill(take: (raw: Buffer) => boolean, pacer: Pacer): Promise<boolean>;
  close?(): Promise<void>;
}

interface Cursor {
  ns: string;
  results: Results;
  transaction: Transaction | undefined;
  usedAtMs: number;
}

export interface Batch {
  documents: Buffer[];
  /** 0 when nothing is left. */
  cursorId: bigint;
}

/** The cursors that clients hold open. */
export class Cursors {
  readonly #open = new Map<bigint, Cursor>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The first batch of a query; the cursor stays open if more is left. */
  async first(
    ns: string,
    results: Results,
    transaction: Transaction | undefined,
    size: number,
    pacer: Pacer,
    single = false,
  ): Promise<Batch> {
    const { documents, done } = await fillBatch(results, size, pacer);
    if (done || single) {
      await results.close?.();
      return { documents, cursorId: 0n };
    }
    if (this.#open.size >= CURSORS_MAX) throw new CommandError(2, 'BadValue', 'too many open cursors');
    const cursorId = BigInt(randomInt(1, 2 ** 48 - 1));
    this.#open.set(cursorId, { ns, results, transaction, usedAtMs: this.#now() });
    return { documents, cursorId };
  }

  async next(
    cursorId: bigint,
    ns: string,
    transaction: Transaction | undefined,
    size: number,
    pacer: Pacer,
  ): Promise<Batch> {
    const cursor = this.#open.get(cursorId);
    if (!cursor || cursor.ns !== ns || cursor.transaction !== transaction) {
      throw new CommandError(43, 'CursorNotFound', `cursor id ${cursorId} not found`);
    }
    // Taken out while it works: a second getMore at the same time finds no cursor instead of a torn one.
    this.#open.delete(cursorId);
    const { documents, done } = await fillBatch(cursor.results, size, pacer);
    if (done) {
      await cursor.results.close?.();
      return { documents, cursorId: 0n };
    }
    cursor.usedAtMs = this.#now();
    this.#open.set(cursorId, cursor);
    return { documents, cursorId };
  }

  async kill(cursorId: bigint): Promise<boolean> {
    const cursor = this.#open.get(cursorId);
    this.#open.delete(cursorId);
    await cursor?.results.close?.();
    return cursor !== undefined;
  }

  /** Ends abandoned cursors, and those of transactions that are over. */
  async endIdle(): Promise<void> {
    for (const [cursorId, { usedAtMs, transaction }] of this.#open) {
      const idle = this.#now() - usedAtMs >= CURSOR_LIFETIME_MS;
      if (idle || transaction?.state === 'ended') await this.kill(cursorId);
    }
  }
}

async function fillBatch(
  results: Results,
  size: number,
  pacer: Pacer,
): Promise<{ documents: Buffer[]; done: boolean }> {
  const documents: Buffer[] = [];
  let bytes = 0;
  if (size === 0) return { documents, done: false };
  const done = await results.fill((raw) => {
    documents.push(raw);
    bytes += raw.length;
    return documents.length < size && bytes < BATCH_BYTES_MAX;
  }, pacer);
  return { documents, done };
}
