import { Schema } from 'mongoose';
import type { Database, Tx } from '../db/database.ts';
import { newId } from '../ids.ts';

/** Something that happened, as handlers, jobs and webhooks will see it after the commit. */
export interface NewEvent {
  /** Declared name, e.g. `product.listed`. */
  readonly name: string;
  /** Events of one key are handed on in order; the key of an event about a client is the client. */
  readonly key: string;
  /** Plain data of the declared shape; ids instead of personal data. */
  readonly payload: Record<string, unknown>;
}

export interface OutboxEvent {
  _id: string;
  name: string;
  key: string;
  /** 1, 2, 3 … within the key, advanced in the transaction of the event. */
  keySeq: number;
  at: Date;
  payload: Record<string, unknown>;
  /** Set until the relay has created its deliveries; found by a partial index, cleared once. */
  pending?: true;
}

interface EventKey {
  _id: string;
  seq: number;
}

export const OUTBOX = 'event_outbox';
export const EVENT_KEYS = 'event_keys';

export const outboxSchema = new Schema<OutboxEvent>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    key: { type: String, required: true },
    keySeq: { type: Number, required: true },
    at: { type: Date, required: true },
    payload: { type: Schema.Types.Mixed, required: true },
    pending: Boolean,
  },
  { versionKey: false, minimize: false },
)
  .index({ key: 1, keySeq: 1 }, { unique: true })
  .index({ at: 1 })
  .index({ pending: 1, key: 1, keySeq: 1 }, { partialFilterExpression: { pending: true } });

export const eventKeySchema = new Schema<EventKey>(
  { _id: { type: String, required: true }, seq: { type: Number, required: true } },
  { versionKey: false },
);

/** Writes the events of a transaction, numbered within their keys, at most two round trips per batch of new keys. */
export async function writeOutbox(database: Database, tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const counts = new Map<string, number>();
  for (const event of events) counts.set(event.key, (counts.get(event.key) ?? 0) + 1);
  const nextSeq = await advanceKeys(database, tx, counts);
  const records = events.map((event): OutboxEvent => {
    const keySeq = nextSeq.get(event.key)!;
    nextSeq.set(event.key, keySeq + 1);
    return {
      _id: newId(),
      name: event.name,
      key: event.key,
      keySeq,
      at: tx.at,
      payload: event.payload,
      pending: true,
    };
  });
  await database
    .model<OutboxEvent>(OUTBOX)
    .collection.insertMany(records as never[], { session: tx.session });
}

/** Advances each key by its count and returns the first free number of each. */
async function advanceKeys(
  database: Database,
  tx: Tx,
  counts: Map<string, number>,
): Promise<Map<string, number>> {
  const keys = database.model<EventKey>(EVENT_KEYS).collection;
  const session = tx.session;
  await keys.bulkWrite(
    [...counts].map(([key, count]) => ({
      updateOne: { filter: { _id: key as never }, update: { $inc: { seq: count } }, upsert: true },
    })),
    { session, ordered: false },
  );
  const found = await keys.find({ _id: { $in: [...counts.keys()] as never[] } }, { session }).toArray();
  return new Map(found.map((doc) => [String(doc._id), Number(doc.seq) - counts.get(String(doc._id))! + 1]));
}
