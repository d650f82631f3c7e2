import { Schema } from 'mongoose';
import type { Database, Tx } from '../db/database.ts';
import { newId } from '../ids.ts';

/** What a transaction says of itself: who did what to which thing, and the facts that prove it. */
export interface NewTrace {
  /** Dotted verb, e.g. `product.submitted`. */
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string };
  /** The client concerned, by the random party id and never by name. */
  readonly partyId?: string;
  readonly reason?: string;
  /** Facts as plain data: old and new values, versions, evidence ids. No personal data. */
  readonly details?: Record<string, unknown>;
}

export interface TraceRecord {
  _id: string;
  at: Date;
  actor: { kind: string; id: string; name: string; channel?: string };
  requestId?: string;
  action: string;
  subjectType: string;
  subjectId: string;
  partyId?: string;
  reason?: string;
  /** Canonical JSON, so that what was hashed can be hashed again byte for byte. */
  details: string;
  /** Set until the sealer has chained this record; outside every hash, cleared once. */
  unsealed?: true;
  /** Number of the seal that holds this record's digest; outside every hash, set when `unsealed` is cleared. */
  sealNo?: number;
}

export const TRACE_RECORDS = 'trace_records';

export const traceRecordSchema = new Schema<TraceRecord>(
  {
    _id: { type: String, required: true },
    at: { type: Date, required: true },
    actor: { type: Schema.Types.Mixed, required: true },
    requestId: String,
    action: { type: String, required: true },
    subjectType: { type: String, required: true },
    subjectId: { type: String, required: true },
    partyId: String,
    reason: String,
    details: { type: String, required: true },
    unsealed: Boolean,
    sealNo: Number,
  },
  { versionKey: false },
)
  .index({ unsealed: 1 }, { partialFilterExpression: { unsealed: true } })
  .index({ sealNo: 1 })
  .index({ subjectType: 1, subjectId: 1, at: -1 })
  .index({ 'actor.id': 1, at: -1 })
  .index({ partyId: 1, at: -1 }, { sparse: true })
  .index({ action: 1, at: -1 })
  .index({ at: -1 });

export async function writeTraces(database: Database, tx: Tx, entries: readonly NewTrace[]): Promise<void> {
  if (entries.length === 0) return;
  const records = entries.map((entry) => toRecord(tx, entry));
  await database
    .model<TraceRecord>(TRACE_RECORDS)
    .collection.insertMany(records as never[], { session: tx.session });
}

function toRecord(tx: Tx, entry: NewTrace): TraceRecord {
  const { kind, id, name, channel } = tx.actor;
  return {
    _id: newId(),
    at: tx.at,
    actor: { kind, id, name, ...(channel === undefined ? {} : { channel }) },
    ...(tx.actor.requestId === undefined ? {} : { requestId: tx.actor.requestId }),
    action: entry.action,
    subjectType: entry.subject.type,
    subjectId: entry.subject.id,
    ...(entry.partyId === undefined ? {} : { partyId: entry.partyId }),
    ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    details: canonicalJson(entry.details ?? {}),
    unsealed: true,
  };
}

/** JSON with keys sorted at every level: equal data has equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof Date)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
