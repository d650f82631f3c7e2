import type { Model } from 'mongoose';
import type { Tx } from '../db/database.ts';
import type { CustomerSequence } from './records.ts';

/** The number that the changes of this transaction will carry: one more than the last that was committed. */
export async function nextSeq(sequence: Model<CustomerSequence>, tx: Tx): Promise<number> {
  const counter = await sequence.findById('customer', null, { session: tx.session }).lean();
  return (counter?.seq ?? 0) + 1;
}

/**
 * The last write of a change: commit order is number order, since of two transactions with one number the second
 * conflicts and is run again.
 */
export async function advanceSeq(sequence: Model<CustomerSequence>, tx: Tx, seq: number): Promise<void> {
  const advanced = await sequence.updateOne(
    { _id: 'customer', seq: seq - 1 },
    { $set: { seq } },
    { session: tx.session, upsert: seq === 1 },
  );
  if (advanced.matchedCount + advanced.upsertedCount !== 1)
    throw new Error(
      `The customer sequence moved from ${seq - 1} inside a snapshot: the database is not isolated.`,
    );
}

/**
 * Runs changes of this process one after the other: they all advance one counter, so that side by side they would only
 * conflict and be repeated. Between processes the database decides.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    // Whoever waits is not concerned by how the one before ended.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
