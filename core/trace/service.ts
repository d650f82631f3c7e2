import { collectionOf } from '../db/collection.ts';
import {
  afterTimeCursor,
  readTimeCursor,
  toConnection,
  type Connection,
  type PageArgs,
} from '../graphql/connection.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { TRACE_RECORDS, type TraceRecord } from './record.ts';
import { TRACE_SEALS, type SealRecord } from './seal.ts';

export interface TraceFilter {
  readonly subjectType?: string;
  readonly subjectId?: string;
  readonly actorId?: string;
  readonly partyId?: string;
  readonly action?: string;
  /** Half-open: at or after `from`, before `until`. */
  readonly from?: Date;
  readonly until?: Date;
}

export const traceService = serviceToken<TraceService>('core', 'trace');

/** Who did what, for auditors and staff. */
export class TraceService {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Records that match, newest first. */
  async list(filter: TraceFilter, { first, after }: PageArgs): Promise<Connection<TraceRecord>> {
    const found = await collectionOf<TraceRecord>(this.#host, TRACE_RECORDS)
      .find({ ...toQuery(filter), ...afterTimeCursor('at', readTimeCursor(after)) })
      .sort({ at: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, (record) => record.at);
  }

  async find(id: string): Promise<TraceRecord | undefined> {
    return (await collectionOf<TraceRecord>(this.#host, TRACE_RECORDS).findOne({ _id: id })) ?? undefined;
  }

  /** The newest seal, and how many records wait for the next. */
  async sealing(): Promise<{ sealNo: number | null; sealedAt: Date | null; waiting: number }> {
    const seal = await collectionOf<SealRecord>(this.#host, TRACE_SEALS).findOne({}, { sort: { _id: -1 } });
    const waiting = await collectionOf<TraceRecord>(this.#host, TRACE_RECORDS).countDocuments({
      unsealed: true,
    });
    return { sealNo: seal?._id ?? null, sealedAt: seal?.sealedAt ?? null, waiting };
  }
}

function toQuery(filter: TraceFilter): Record<string, unknown> {
  const { subjectType, subjectId, actorId, partyId, action, from, until } = filter;
  return {
    ...(subjectType === undefined ? {} : { subjectType }),
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(actorId === undefined ? {} : { 'actor.id': actorId }),
    ...(partyId === undefined ? {} : { partyId }),
    ...(action === undefined ? {} : { action }),
    ...(from === undefined && until === undefined ? {} : { at: within(from, until) }),
  };
}

function within(from: Date | undefined, until: Date | undefined): Record<string, Date> {
  return { ...(from ? { $gte: from } : {}), ...(until ? { $lt: until } : {}) };
}
