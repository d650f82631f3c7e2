import { collectionOf, type ModelSource } from '../db/collection.ts';
import { readAnchors } from './anchor.ts';
import { TRACE_RECORDS, type TraceRecord } from './record.ts';
import { TRACE_SEALS, type SealRecord } from './seal.ts';
import type { TraceSource } from './verify.ts';

const BATCH_SIZE = 20;

/** The trace in the database, against the anchors in a file. */
export function databaseTraceSource(models: ModelSource, anchorFile: string): TraceSource {
  const records = collectionOf<TraceRecord>(models, TRACE_RECORDS);
  return {
    seals: (fromNo) =>
      collectionOf<SealRecord>(models, TRACE_SEALS)
        .find({ _id: { $gte: fromNo } })
        .sort({ _id: 1 })
        .batchSize(BATCH_SIZE),
    recordsOf: (sealNo) => records.find({ sealNo }).toArray(),
    marks: () => records.find({}, { projection: { unsealed: 1, sealNo: 1 } }),
    anchors: () => readAnchors(anchorFile),
  };
}
