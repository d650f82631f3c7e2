import { createHash } from 'node:crypto';
import { Schema } from 'mongoose';
import { canonicalJson, type TraceRecord } from './record.ts';

export const TRACE_SEALS = 'trace_seals';

/** A numbered batch of trace records, chained to the one before it. Written once and never changed. */
export interface SealRecord {
  /** 1, 2, 3 … */
  _id: number;
  sealedAt: Date;
  /** Number of the first record in it: records are numbered through all seals. */
  firstRecordNo: number;
  records: readonly SealedRecord[];
  prevHash: string;
  hash: string;
}

export interface SealedRecord {
  readonly id: string;
  /** SHA-256 of the record's canonical JSON without its hand-on marks. */
  readonly digest: string;
}

/** How many records one seal holds at most. */
export const SEAL_SIZE_MAX = 500;
/** What the first seal is chained to. */
export const FIRST_PREV_HASH = '0'.repeat(64);

export const sealSchema = new Schema<SealRecord>(
  {
    _id: { type: Number, required: true },
    sealedAt: { type: Date, required: true },
    firstRecordNo: { type: Number, required: true },
    records: { type: Schema.Types.Mixed, required: true },
    prevHash: { type: String, required: true },
    hash: { type: String, required: true },
  } as never,
  { versionKey: false },
);

/** Chains a batch of records to the seal before it. */
export function makeSeal(
  previous: SealRecord | undefined,
  records: readonly TraceRecord[],
  sealedAt: Date,
): SealRecord {
  const body = {
    _id: (previous?._id ?? 0) + 1,
    sealedAt,
    firstRecordNo: previous ? previous.firstRecordNo + previous.records.length : 1,
    records: records.map((record) => ({ id: record._id, digest: digestOf(record) })),
    prevHash: previous?.hash ?? FIRST_PREV_HASH,
  };
  return { ...body, hash: sealHash(body) };
}

export function digestOf(record: TraceRecord): string {
  const { unsealed: _unsealed, sealNo: _sealNo, ...hashed } = record;
  return sha256(canonicalJson(hashed));
}

export function sealHash({
  _id,
  sealedAt,
  firstRecordNo,
  records,
  prevHash,
}: Omit<SealRecord, 'hash'>): string {
  return sha256(canonicalJson({ no: _id, sealedAt, firstRecordNo, records, prevHash }));
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
